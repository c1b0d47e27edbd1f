/** The entry under Electron: the cache of compiled code is turned on before anything is loaded that could lie in it. */
import { keepCompiledCode } from './catalog/compiledCode.ts';

keepCompiledCode(process.argv[2] ?? null, 'core');
void import('./host/utilityProcess.ts');
