import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import type { OutputOf } from '#shared/contract/index.ts';
import { IconButton, Kbd } from '../../ui/index.ts';
import { Search, X } from '../../ui/icons.ts';
import { useOperation } from '../../app/api/index.ts';
import { navigate, usePlace } from '../../app/routes/index.ts';
import { setSearchBox, useSearchText, wantHits } from './store.ts';
import styles from './SearchBox.module.css';

type Completion = OutputOf<'search.complete'>['items'][number];

/** Milliseconds of quiet until the place with the hits follows what is typed. */
const settle = 120;

/** The search box: words and fields, with completion. Enter goes to the place with the hits; while one is there it follows every key. */
export function SearchBox() {
  const place = usePlace();
  const text = useSearchText((state) => state.text);
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const completions = useOperation('search.complete', { text, caret }, { enabled: open && text.trim() !== '', keepPrevious: true });
  const items = open && text.trim() !== '' ? (completions.data?.items.slice(0, 10) ?? []) : [];
  const inSearch = place.place === 'search';

  // The box says what the place on show searches for, which elsewhere is nothing; what is being typed is left alone.
  useEffect(() => {
    if (document.activeElement !== input.current) useSearchText.setState({ text: place.place === 'search' ? place.query : '' });
  }, [place]);
  useEffect(() => {
    if (!inSearch || document.activeElement !== input.current) return undefined;
    const timer = setTimeout(() => navigate({ place: 'search', query: text }, { replace: true }), settle);
    return () => clearTimeout(timer);
  }, [text, inSearch]);

  const type = (next: string, at: number): void => {
    useSearchText.setState({ text: next });
    setCaret(at);
    setActive(-1);
    setOpen(true);
  };
  const take = (item: Completion): void => {
    const next = text.slice(0, item.from) + item.insert + text.slice(item.to);
    const at = item.from + item.insert.length;
    useSearchText.setState({ text: next });
    setCaret(at);
    setActive(-1);
    // A field wants its value next: completion stays open.
    setOpen(item.kind === 'field');
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  };
  const go = (): void => {
    setOpen(false);
    navigate({ place: 'search', query: text }, { replace: inSearch });
    if (text.trim() !== '') wantHits();
  };

  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing) return;
    const chosen = items[active];
    switch (event.key) {
      case 'ArrowDown':
        if (items.length === 0) setOpen(true);
        else setActive((active + 1) % items.length);
        break;
      case 'ArrowUp':
        if (items.length === 0) return;
        setActive(active <= 0 ? items.length - 1 : active - 1);
        break;
      case 'Tab':
        if (event.shiftKey || items.length === 0 || (chosen === undefined && !open)) return;
        if (chosen === undefined) return;
        take(chosen);
        break;
      case 'Enter':
        if (chosen === undefined) go();
        else take(chosen);
        break;
      case 'Escape':
        if (items.length > 0) setOpen(false);
        else if (text !== '') useSearchText.setState({ text: '' });
        else input.current?.blur();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={styles.search} role="search">
      <Search className={styles.icon} aria-hidden />
      <input
        ref={(element) => {
          input.current = element;
          setSearchBox(element);
        }}
        className={styles.input}
        role="combobox"
        aria-label="Search the catalog"
        aria-autocomplete="list"
        aria-expanded={items.length > 0}
        aria-controls={`${id}list`}
        aria-activedescendant={active >= 0 && items[active] !== undefined ? `${id}option${active}` : undefined}
        placeholder="Search"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => type(event.target.value, event.target.selectionStart ?? event.target.value.length)}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      {text === '' ? (
        <span className={styles.key}>
          <Kbd keys="/" />
        </span>
      ) : (
        <IconButton icon={X} size="small" label="Clear the search" onMouseDown={(event) => event.preventDefault()} onClick={() => type('', 0)} />
      )}
      {items.length > 0 && (
        <ul id={`${id}list`} role="listbox" aria-label="Completions" className={styles.list}>
          {items.map((item, index) => (
            <li
              key={`${item.kind} ${item.insert} ${item.label}`}
              id={`${id}option${index}`}
              role="option"
              aria-selected={index === active}
              data-active={index === active || undefined}
              className={styles.option}
              onMouseDown={(event) => {
                event.preventDefault();
                take(item);
              }}
            >
              <span className={styles.insert}>{item.insert}</span>
              {item.label !== item.insert && <span className={styles.label}>{item.label}</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
