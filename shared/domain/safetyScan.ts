/** What the files of a version could do to whoever loads them: which imports of a pickle are harmless, which are not, and what that amounts to. */

/** Raised when a newer scan says more or other things: what an older one found is then made again. */
export const scannerVersion = 3;

/** `danger` runs code or could run any; `caution` can't be vouched for; `note` is worth knowing. */
export const findingSeverities = ['danger', 'caution', 'note'] as const;
export type FindingSeverity = (typeof findingSeverities)[number];

export const findingKinds = ['dangerous import', 'unknown import', 'unreadable import', 'code in a model', 'broken', 'too large', 'not read', 'wrong header'] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
	readonly severity: FindingSeverity;
	readonly kind: FindingKind;
	/** What was found: `os.system`, a layer, a header's field. */
	readonly subject: string;
	/** Inside of an archive, where in it; else null. */
	readonly inside: string | null;
	readonly detail: string;
}

/** `not read`: no file of it could be judged. */
export type ScanState = 'clean' | 'caution' | 'danger';

/** What findings amount to: the worst of them. Notes change nothing. */
export function scanState(findings: readonly Pick<Finding, 'severity'>[]): ScanState {
	if (findings.some((finding) => finding.severity === 'danger')) return 'danger';
	return findings.some((finding) => finding.severity === 'caution') ? 'caution' : 'clean';
}

/** Whether a finding stands against a gate. Gates let cautions by where they say so; never a danger. */
export function standsAgainst(state: ScanState, cautionsPass: boolean): boolean {
	return state === 'danger' || (state === 'caution' && !cautionsPass);
}

type Names = '*' | ReadonlySet<string>;

const names = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Modules, with what of them runs code, reads or sends files, or loads something that was not looked at. `*`: all of it. */
const dangerous: ReadonlyMap<string, Names> = new Map<string, Names>([
	['builtins', names('eval exec compile open getattr setattr delattr __import__ breakpoint input vars globals locals apply execfile file map filter memoryview help exit quit type super property classmethod staticmethod __build_class__')],
	...('os posix nt ntpath posixpath subprocess sys socket ssl shutil runpy importlib imp pty webbrowser http httplib urllib urllib2 requests httpx aiohttp ftplib smtplib telnetlib poplib imaplib nntplib xmlrpc ctypes cffi code codeop pdb bdb doctest trace timeit profile cProfile asyncio multiprocessing concurrent threading _thread signal tempfile glob fileinput pathlib pickle cPickle _pickle dill cloudpickle shelve marshal types inspect gc weakref ast symtable dis pip setuptools distutils pkgutil zipimport site sysconfig platform resource mmap fcntl select selectors socketserver curses readline rlcompleter idlelib tkinter turtle antigravity venv ensurepip lib2to3 pydoc cgitb logging atexit sched ptpython IPython jupyter_client execnet fabric paramiko'
		.split(' ').map((module): [string, Names] => [module, '*'])),
	['operator', names('attrgetter itemgetter methodcaller')],
	['_operator', names('attrgetter itemgetter methodcaller')],
	['functools', names('partial partialmethod reduce singledispatch cached_property')],
	['_functools', names('partial reduce')],
	['itertools', names('starmap accumulate')],
	['torch.hub', '*'], ['torch.utils.cpp_extension', '*'], ['torch.utils.model_zoo', '*'], ['torch.serialization', '*'], ['torch.jit', '*'], ['torch.package', '*'], ['torch.distributed', '*'], ['torch.multiprocessing', '*'], ['torch.storage', names('_load_from_bytes')], ['torch', names('load save hub compile')],
	['torch._dynamo', '*'], ['torch._inductor', '*'], ['torch.fx', '*'], ['torch.utils.bottleneck', '*'], ['torch.utils.collect_env', '*'], ['torch.utils.data.datapipes', '*'], ['torch.testing', '*'],
	['numpy', names('load save fromfile memmap loadtxt genfromtxt savetxt f2py testing')], ['numpy.testing', '*'], ['numpy.f2py', '*'], ['numpy.distutils', '*'], ['numpy.lib.npyio', '*'], ['numpy.ctypeslib', '*'],
	['pandas', names('read_pickle eval read_csv')], ['pandas.io', '*'], ['pandas.core.computation', '*'],
	['joblib', names('load Parallel')], ['joblib.numpy_pickle', names('load')], ['sklearn.utils', names('_pprint')], ['keras.layers', names('Lambda')], ['keras.src.layers.core.lambda_layer', '*'], ['tensorflow', names('py_function numpy_function io')],
	['cloudpickle.cloudpickle', '*'], ['dill._dill', '*'],
]);

/** What picklers of the usual libraries write into any file of theirs. */
const harmless: ReadonlyMap<string, Names> = new Map<string, Names>([
	['builtins', names('set frozenset bytearray bytes list dict tuple str int float complex bool range slice object NoneType Ellipsis')],
	['collections', names('OrderedDict defaultdict deque Counter namedtuple')],
	['copyreg', names('_reconstructor __newobj__')],
	['_codecs', names('encode')],
	['datetime', '*'], ['decimal', names('Decimal')], ['fractions', names('Fraction')], ['uuid', names('UUID SafeUUID')], ['zoneinfo', names('ZoneInfo._unpickle')], ['enum', names('Enum IntEnum')], ['argparse', names('Namespace')],
	['numpy', names('ndarray dtype float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool_ bool complex64 complex128 str_ bytes_ object_ generic void datetime64 timedelta64 longdouble')],
	['numpy.core.multiarray', names('_reconstruct scalar')], ['numpy._core.multiarray', names('_reconstruct scalar')], ['numpy.core.numeric', names('_frombuffer')], ['numpy._core.numeric', names('_frombuffer')], ['numpy.dtypes', '*'],
	['numpy.random._pickle', names('__randomstate_ctor __generator_ctor __bit_generator_ctor')], ['numpy.random._mt19937', names('MT19937')], ['numpy.random._pcg64', names('PCG64')], ['numpy.random.mtrand', names('RandomState')], ['numpy.ma.core', names('_mareconstruct MaskedArray')], ['numpy.matrixlib.defmatrix', names('matrix')],
	['torch', names('FloatStorage DoubleStorage HalfStorage BFloat16Storage LongStorage IntStorage ShortStorage CharStorage ByteStorage BoolStorage ComplexFloatStorage ComplexDoubleStorage QUInt8Storage QInt8Storage QInt32Storage UntypedStorage Size device dtype Tensor float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 bool complex64 complex128 float8_e4m3fn float8_e5m2 strided sparse_coo per_tensor_affine per_channel_affine Generator')],
	['torch.storage', names('UntypedStorage TypedStorage')], ['torch.nn.parameter', names('Parameter Buffer')], ['torch.serialization', names('_get_layout')], ['torch.jit._pickle', names('build_intlist build_doublelist build_boollist build_tensorlist build_tensor_from_id restore_type_tag')],
	['torch._utils', names('_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state _rebuild_qtensor _rebuild_sparse_tensor _rebuild_sparse_csr_tensor _rebuild_meta_tensor_no_storage _rebuild_device_tensor_from_numpy _rebuild_wrapper_subclass')], ['torch._tensor', names('_rebuild_from_type_v2')],
	['scipy.sparse', '*'], ['scipy.sparse._csr', '*'], ['scipy.sparse._csc', '*'], ['scipy.sparse._coo', '*'], ['scipy.sparse.csr', '*'], ['joblib.numpy_pickle', names('NumpyArrayWrapper NDArrayWrapper ZNDArrayWrapper')],
	['pandas', names('Timestamp Timedelta')], ['pandas.core.frame', names('DataFrame')], ['pandas.core.series', names('Series')], ['pandas.core.internals.managers', names('BlockManager SingleBlockManager')], ['pandas.core.indexes.base', names('Index _new_Index')], ['pandas.core.indexes.range', names('RangeIndex')], ['pandas._libs.internals', names('_unpickle_block')],
]);

/** Libraries whose classes are data and settings of trained models; harmless as far as the library is, and as no danger above names them. */
const modelLibraries: ReadonlySet<string> = new Set(['sklearn', 'xgboost', 'lightgbm', 'catboost']);

function holdsName(entry: Names | undefined, name: string): boolean {
	return entry !== undefined && (entry === '*' || entry.has(name));
}

/**
 * How an import of a pickle is judged. A name with dots walks from one thing to another, so any of its steps may be the danger: such names are
 * harmless only where they are known as a whole.
 */
export function judgeImport(module: string, name: string): 'harmless' | 'unknown' | 'dangerous' {
	if (holdsName(harmless.get(module), name)) return 'harmless';
	const steps = name.split('.');
	for (let known = module; known !== ''; known = known.slice(0, Math.max(0, known.lastIndexOf('.')))) {
		const entry = dangerous.get(known);
		if (entry === '*') return 'dangerous';
		// Of a package that is named for some of its names, those names count, whatever lies between.
		const inner = known === module ? steps[0] : module.slice(known.length + 1).split('.')[0];
		if (entry !== undefined && inner !== undefined && entry.has(inner)) return 'dangerous';
	}
	// `numpy` as module and `f2py.os.system` as name is the same way walked.
	if (steps.length > 1) {
		const walked = [...module.split('.'), ...steps];
		if (walked.slice(1, -1).some((step) => dangerous.get(step) === '*') || steps.some((step) => holdsName(dangerous.get('builtins'), step) || (step.startsWith('__') && step.endsWith('__')))) return 'dangerous';
		return 'unknown';
	}
	return modelLibraries.has(module.split('.')[0] ?? '') ? 'harmless' : 'unknown';
}

/** `3 dangerous imports, such as os.system`: findings in a few words. */
export function scanWords(findings: readonly Pick<Finding, 'severity' | 'subject'>[]): string {
	const state = scanState(findings);
	if (state === 'clean') return 'nothing found';
	const counted = findings.filter((finding) => finding.severity === state);
	const [first] = counted;
	return `${counted.length} ${state === 'danger' ? (counted.length === 1 ? 'danger' : 'dangers') : counted.length === 1 ? 'caution' : 'cautions'}${first === undefined ? '' : `, such as ${first.subject}`}`;
}
