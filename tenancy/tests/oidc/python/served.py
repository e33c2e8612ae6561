"""What both providers have in common: a socket of their own, and an end when their standard input closes."""

import json
import socket
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from socketserver import ThreadingMixIn

SETTINGS = json.loads(sys.argv[1])
SOCKET = socket.create_server(("127.0.0.1", SETTINGS.get("port", 0)))
ORIGIN = "http://127.0.0.1:%d" % SOCKET.getsockname()[1]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def serve(app, issuer):
    server = Server(SOCKET.getsockname(), Quiet, bind_and_activate=False)
    server.socket.close()
    server.socket = SOCKET
    server.server_name, server.server_port = SOCKET.getsockname()
    server.setup_environ()
    server.set_app(app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", issuer, flush=True)
    sys.stdin.read()
