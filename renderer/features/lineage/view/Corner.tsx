import { useStore } from '@xyflow/react';
import { IconButton } from '../../../ui/Button.tsx';
import { Maximize2, Scan, ZoomIn, ZoomOut } from '../../../ui/icons.ts';
import { Minimap } from './Minimap.tsx';
import type { Scene } from './scene.ts';
import type { Camera } from './useCamera.ts';
import styles from './LineageView.module.css';

/** What moves the camera by the pointer: the zoom and the minimap, in the corner of the graph. */
export function Corner({ scene, rootKeys, camera, zoomToSelection }: { readonly scene: Scene; readonly rootKeys: readonly string[]; readonly camera: Camera; readonly zoomToSelection: () => void }) {
  return (
    <div className={styles.corner}>
      <div className={styles.zoom} role="group" aria-label="Zoom">
        <IconButton icon={ZoomOut} label="Zoom out" size="small" keys="-" tooltipSide="top" onClick={() => camera.zoomBy(0.8)} />
        <ZoomLevel />
        <IconButton icon={ZoomIn} label="Zoom in" size="small" keys="+" tooltipSide="top" onClick={() => camera.zoomBy(1.25)} />
        <IconButton icon={Scan} label="Zoom to selection" size="small" keys="z" tooltipSide="top" onClick={zoomToSelection} />
        <IconButton icon={Maximize2} label="Show all" size="small" keys="0" tooltipSide="top" onClick={camera.fitAll} />
      </div>
      <Minimap scene={scene} rootKeys={rootKeys} onMoved={camera.noteMoved} />
    </div>
  );
}

function ZoomLevel() {
  const level = useStore(({ transform: [, , zoom] }) => (zoom < 0.01 ? '<1' : String(Math.round(zoom * 100))));
  return <span className={styles.zoomLevel}>{level}%</span>;
}
