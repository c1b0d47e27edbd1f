"""A receiver as a team writes one with Python's own libraries: takes what is signed with the key of its argument, refuses the rest."""
import hashlib, hmac, http.server, json, sys

key = sys.argv[1].encode()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        wanted = hmac.new(key, body, hashlib.sha256).hexdigest()
        good = hmac.compare_digest(wanted, self.headers.get('X-Wandb-Signature', ''))
        self.send_response(204 if good else 401)
        self.end_headers()
        print(json.dumps({'good': good, 'key': self.headers.get('Idempotency-Key'), 'event': json.loads(body).get('event_type')}), flush=True)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
print(json.dumps({'port': server.server_port}), flush=True)
server.serve_forever()
