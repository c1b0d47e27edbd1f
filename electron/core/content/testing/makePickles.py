"""Writes pickles of every kind into the folder named on the command line, and says in expected.json what Python itself finds in them."""
import collections, datetime, decimal, functools, gzip, io, json, os, pathlib, pickle, pickletools, random, struct, sys, zipfile, zlib

folder = pathlib.Path(sys.argv[1])
expected = {}


class Runs:
    """What an attacker writes: loading it calls something."""

    def __init__(self, call, *arguments):
        self.call, self.arguments = call, arguments

    def __reduce__(self):
        return self.call, self.arguments


class Plain:
    def __init__(self, value):
        self.value = value


def globals_of(data):
    """As pickletools reads them. Of STACK_GLOBAL the two texts pushed last, the memo followed."""
    found, texts, memo, top = [], [], {}, None
    for opcode, argument, _position in pickletools.genops(data):
        if opcode.name == 'GLOBAL':
            found.append(argument.split(' ', 1))
        elif opcode.name == 'STACK_GLOBAL':
            found.append(texts[-2:])
        if opcode.name in ('MEMOIZE', 'PUT', 'BINPUT', 'LONG_BINPUT'):
            memo[len(memo) if opcode.name == 'MEMOIZE' else argument] = top
        elif opcode.name in ('GET', 'BINGET', 'LONG_BINGET'):
            top = memo[argument]
            if isinstance(top, str):
                texts.append(top)
        elif isinstance(argument, str) and 'UNICODE' in opcode.name:
            top = argument
            texts.append(argument)
        else:
            top = None
    return sorted({tuple(one) for one in found})


def write(name, data, imports=None):
    (folder / name).write_bytes(data)
    expected[name] = globals_of(data) if imports is None else imports


rounds = random.Random(int(sys.argv[2]))


def thing(depth=0):
    kind = rounds.randrange(16 if depth < 4 else 9)
    if kind < 3:
        return rounds.choice([None, True, False, 0, 255, 70000, -5, 2**31, 2**200, -(2**70), 1.5, float('inf')])
    if kind < 6:
        return rounds.choice(['', 'os', 'system', 'é\u2028\U0001f600', 'x' * 300, 'line\nbreak', 'a\\u0041', 'posix'])
    if kind == 6:
        return rounds.choice([b'', b'bytes\n', b'\x80\x04.' * 100, bytearray(b'cos\nsystem\n')])
    if kind == 7:
        return rounds.choice([datetime.datetime(2026, 5, 3), decimal.Decimal('1.5'), collections.OrderedDict(a=1), collections.deque([1]), complex(1, 2), range(3), slice(1), datetime.timedelta(1)])
    if kind == 8:
        return rounds.choice([len, os.path.join, functools.partial(len), Plain, collections.Counter])
    if kind < 11:
        return [thing(depth + 1) for _ in range(rounds.randrange(6))]
    if kind < 13:
        return {rounds.randrange(1000): thing(depth + 1) for _ in range(rounds.randrange(6))}
    if kind == 13:
        return tuple(thing(depth + 1) for _ in range(rounds.randrange(5)))
    if kind == 14:
        return frozenset(rounds.randrange(100) for _ in range(3))
    same = thing(depth + 1)
    return [same, same, Plain(same)]


for number in range(int(sys.argv[3])):
    protocol = number % 6
    try:
        write(f'any-{number}.pkl', pickle.dumps(thing(), protocol=protocol))
    except (pickle.PicklingError, TypeError, AttributeError):
        write(f'any-{number}.pkl', pickle.dumps([number], protocol=protocol))

for protocol in range(6):
    write(f'harm-{protocol}.pkl', pickle.dumps({'weights': [1, 2], 'x': Runs(os.system, 'true')}, protocol=protocol))
    write(f'good-{protocol}.pkl', pickle.dumps({'a': [1.5, 'x'], 'b': collections.OrderedDict(c=datetime.date(2026, 5, 3))}, protocol=protocol))
write('eval.pkl', pickle.dumps(Runs(eval, '1+1'), protocol=4))
write('own.pkl', pickle.dumps(Plain(1), protocol=4))
# Put together while it is loaded: the name comes out of a call.
write('hidden.pkl', b'\x80\x04' + b'\x8c\x02os' + b'c_codecs\ndecode\n' + b'C\x06system' + b'\x85R' + b'\x93' + b'\x8c\x04true\x85R.', [['_codecs', 'decode']])
write('extension.pkl', b'\x80\x02\x82\x01.', [])
# Through memo and copies.
write('memo.pkl', b'\x80\x04\x8c\x05posix\x94\x8c\x06system\x94000h\x00h\x01\x93\x8c\x04true\x85R.'.replace(b'000', b'00'), [['posix', 'system']])
write('dup.pkl', b'\x80\x04\x8c\x02os\x8c\x06system220\x93.'.replace(b'220', b'20'), [['os', 'system']])
write('escaped.pkl', b"S'o\\x73'\nS'sys\\164em'\n\x93(S'true'\ntR.", [['os', 'system']])
write('unicode.pkl', b'V\\u006fs\nVsystem\n\x93(Vtrue\ntR.', [['os', 'system']])
write('walked.pkl', b'\x80\x04\x8c\x05numpy\x8c\x15f2py.diagnose.os.name\x93.', [['numpy', 'f2py.diagnose.os.name']])
write('cut.pkl', pickle.dumps(Runs(os.system, 'true'), protocol=4)[:-3], [['posix', 'system']])
write('legacy.pkl', b'c__builtin__\neval\n(S"1"\ntR.', [['__builtin__', 'eval']])
write('inst.pkl', b'(S"true"\nios\nsystem\n.', [['os', 'system']])
write('text.bin', 'some text that is no pickle\nat all\n'.encode() * 20, [])
write('weights.bin', random.Random(7).randbytes(100_000), [])
harm = pickle.dumps(Runs(os.system, 'true'), protocol=2)
write('packed.pkl.gz', gzip.compress(harm), [['posix', 'system']])
write('packed.joblib', zlib.compress(harm), [['posix', 'system']])
write('twice.pkl.gz', gzip.compress(gzip.compress(harm)), [['posix', 'system']])
write('renamed.txt', pickle.dumps(Runs(os.system, 'true'), protocol=4))


def archive(name, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(folder / name, 'w', compression) as into:
        for member, data in members:
            into.writestr(member, data)


class Saver(pickle.Pickler):
    """As torch.save: tensors' bytes by a persistent id."""

    def persistent_id(self, value):
        return ('storage', 'FloatStorage', '0', 'cpu', 4) if value == 'STORAGE' else None


def saved(value):
    out = io.BytesIO()
    Saver(out, protocol=2).dump(value)
    return out.getvalue()


archive('model.pt', [('model/data.pkl', saved({'w': 'STORAGE', 'o': collections.OrderedDict()})), ('model/data/0', harm), ('model/version', b'3\n')])
archive('harm.pt', [('model/data.pkl', saved({'w': 'STORAGE', 'x': Runs(os.system, 'true')})), ('model/data/0', b'\0' * 16)], zipfile.ZIP_DEFLATED)
archive('twin.pt', [('model/data.pkl', saved({})), ('model/data.pkl', harm)])
archive('lambda.keras', [('config.json', json.dumps({'class_name': 'Sequential', 'module': 'keras', 'config': {'layers': [{'class_name': 'Lambda', 'module': 'keras.layers'}]}})), ('model.weights.h5', b'\x89HDF\r\n\x1a\n' + b'\0' * 100)])
archive('own.keras', [('config.json', json.dumps({'class_name': 'Net', 'module': 'mine.nets'}))])
archive('arrays.npz', [('a.npy', b'\x93NUMPY\x01\x00' + struct.pack('<H', 62) + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(61) + b'\n' + harm)])
(folder / 'numbers.npy').write_bytes(b'\x93NUMPY\x01\x00' + struct.pack('<H', 62) + b"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }".ljust(61) + b'\n' + b'\0' * 8)
(folder / 'old.h5').write_bytes(b'\x89HDF\r\n\x1a\n' + b'\0' * 3_000_000 + b'{"class_name": "Lambda", "config": {}}' + b'\0' * 100)
(folder / 'broken.zip').write_bytes((folder / 'harm.pt').read_bytes()[:-30])


def tensors(header, data, length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack('<Q', len(text) if length is None else length) + text + data


(folder / 'fine.safetensors').write_bytes(tensors({'__metadata__': {'format': 'pt'}, 'w': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}}, b'\0' * 8))
(folder / 'outside.safetensors').write_bytes(tensors({'w': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 80]}}, b'\0' * 8))
(folder / 'overlap.safetensors').write_bytes(tensors({'v': {'dtype': 'U8', 'shape': [8], 'data_offsets': [0, 8]}, 'w': {'dtype': 'U8', 'shape': [4], 'data_offsets': [4, 8]}}, b'\0' * 8))
(folder / 'shape.safetensors').write_bytes(tensors({'w': {'dtype': 'F32', 'shape': [3], 'data_offsets': [0, 8]}}, b'\0' * 8))
(folder / 'lies.safetensors').write_bytes(tensors(b'{}', b'', 2**60))
# 1 GiB of nothing in a megabyte, nine times over.
zeros = zlib.compress(b'\0' * 2**20, 9)
(folder / 'expected.json').write_text(json.dumps(expected))
