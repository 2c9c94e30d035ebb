"""HTTP: the interface of the dashboard, metrics, access control, and no effect on packet latency."""
import csv
import io
import json
import pathlib
import re
import socket
import time

import lab
from web_lab import AT, BEARER, CONFIG, TOKEN


class Asked(lab.LabTest):
    config = CONFIG
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.lab.copy_examples()
        token = cls.lab.add_file("token", TOKEN + "\n")
        cls.socket = cls.lab.folder / "control"
        cls.arguments = ("-i", "inside", "10.0.0.0/8", "--control", cls.socket,
                         "--web", "127.0.0.1:8080", "--web-token", token,
                         "--store", cls.lab.folder / "output" / "store.db",
                         "-l", cls.lab.folder / "output" / "packets.log")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attacker.run("nmap", "-n", "-sS", "-T5", "-p1-50", "10.1.0.0/28", check=False)
        cls.attacker.run("curl", "-s", "http://10.0.0.5/")
        cls.attacker.shell("(sleep .3; echo admin; sleep .3; echo '<script>'; sleep .3) |"
                           " telnet 10.0.0.5", check=False)
        lab.wait_until(lambda: cls.events(kind="credential"), 5)

    @classmethod
    def curl(cls, path, *options, bears=BEARER, check=True):
        return cls.honeynet.run("curl", "-sS", "--max-time", "20", *bears, *options, AT + path,
                                check=check).stdout

    @classmethod
    def get(cls, path):
        return json.loads(cls.curl(path))

    @classmethod
    def events(cls, **filters):
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        return cls.get(f"/api/events?limit=1000&{query}")["events"]

    def status_of(self, path, *options, bears=BEARER):
        return int(self.curl(path, "-o", "/dev/null", "-w", "%{http_code}", *options, bears=bears))

    def test_status(self):
        status = self.get("/api/status")
        self.assertGreater(status["received_packets"], 100)
        self.assertEqual(status["bound_hosts"], 257)
        self.assertTrue(status["may_change"])

    def test_all_of_the_interface_requires_the_token(self):
        for path in ("status", "events", "stream", "activity", "visitors", "sessions", "session/x",
                     "source/192.0.2.2", "topology", "hosts", "host/10.0.0.5", "configuration",
                     "export/events", "nonsense"):
            for bears in ((), ("-H", f"Authorization: Bearer {TOKEN[:-1]}"),
                          ("-H", f"Authorization: Basic {TOKEN}"), ("-b", f"token={TOKEN}")):
                with self.subTest(path, bears=bears):
                    self.assertEqual(self.status_of(f"/api/{path}", bears=bears), 401)
        refused = self.curl("/api/events", bears=())
        self.assertIn(f"Authorization: Bearer TOKEN; it is the first line of the file {self.lab.folder}/token",
                      refused)
        for path in ("/", "/healthz", "/readyz", "/metrics"):
            self.assertEqual(self.status_of(path, bears=()), 200, path)
        said = self.daemon.log()
        self.assertIn(f"other users may read the token in {self.lab.folder}/token: chmod 600", said)
        self.assertIn(f"dashboard: {AT}/ with the token in {self.lab.folder}/token", said)
        self.assertNotIn(TOKEN, said)

    def test_events_are_filtered(self):
        self.assertTrue(all(e["event"]["action"] == "scan" for e in self.events(kind="scan")))
        self.assertTrue(self.events(kind="scan"))
        tried = self.events(kind="credential")[0]
        self.assertEqual(tried["apiary"]["credential"]["password"]["text"], "<script>")
        self.assertTrue(self.events(source="192.0.2.0/24", host="10.0.0.5", port=23))
        self.assertEqual(self.events(source="198.51.100.0/24"), [])
        self.assertEqual(self.status_of("/api/events?kind=nonsense"), 400)

    def test_activity(self):
        activity = self.get("/api/activity")
        self.assertEqual(activity["sources"][0]["address"], "192.0.2.2")
        self.assertGreater(sum(activity["rates"]["events"]), 0)
        self.assertIn({"user": "admin", "password": "<script>", "count": 1},
                      activity["credentials"])
        self.assertEqual(self.get("/api/source/192.0.2.2")["source"]["address"], "192.0.2.2")

    def test_packets_are_not_listed(self):
        """Even with -l, which logs each packet."""
        before = self.get("/api/activity")["events"]
        self.attacker.run("ping", "-c300", "-i0.01", "10.0.0.5")
        log = self.lab.folder / "output" / "packets.log"
        self.assertTrue(lab.wait_until(lambda: log.read_text().count(" icmp(1) ") > 100, 5))
        self.assertLess(self.get("/api/activity")["events"], before + 100)
        self.assertEqual(self.events(kind="packet"), [])
        self.assertNotIn("packet", {e["event"]["action"] for e in self.events()})

    def test_visitors_of_the_hour(self):
        answer = self.get("/api/visitors")
        visitor = next(v for v in answer["visitors"] if v["address"] == "192.0.2.2")
        self.assertEqual((answer["steps"], len(visitor["counts"])), (60, 60))
        self.assertEqual(sum(visitor["counts"]), visitor["events"])
        self.assertGreater(visitor["events"], 10)
        self.assertTrue(visitor["hosts"])

    def test_hosts_show_their_latest_visitor(self):
        self.attacker.run("curl", "-s", "http://10.0.0.5/")
        lab.wait_until(lambda: self.get("/api/hosts?order=contact")["hosts"][0]["address"] == "10.0.0.5", 5)
        host = self.get("/api/hosts?order=contact")["hosts"][0]
        self.assertEqual((host["address"], host["template"], host["last_source"]),
                         ("10.0.0.5", "server", "192.0.2.2"))
        self.assertAlmostEqual(host["last_contact"], time.time(), delta=60)
        self.assertGreater(host["contacts"], 1)
        quiet = self.get("/api/hosts?query=10.1.0.255")["hosts"][0]
        self.assertEqual((quiet["contacts"], quiet["last_contact"], quiet["last_source"]),
                         (0, None, None))
        self.assertEqual(self.status_of("/api/hosts?order=nonsense"), 400)
        self.assertEqual(self.status_of("/api/hosts?limit=many"), 400)

    def test_exports(self):
        def rows(path):
            return list(csv.DictReader(io.StringIO(self.curl(f"/api/export/{path}"))))
        tried = next(row for row in rows("events?kind=credential") if row["password"] == "<script>")
        self.assertEqual((tried["kind"], tried["source"], tried["host"], tried["user"]),
                         ("credential", "192.0.2.2", "10.0.0.5", "admin"))
        events = json.loads(self.curl("/api/export/events?format=json"))["events"]
        self.assertGreater(len(events), 10)
        self.assertEqual([e["event"]["id"] for e in events],
                         sorted(e["event"]["id"] for e in events))
        sessions = rows("sessions?credentials=1&address=10.0.0.5")
        self.assertTrue(all(row["host_port"] == "23" for row in sessions) and sessions)
        self.assertRegex(sessions[0]["start"], r"^\d{4}-\d\d-\d\dT[\d:.]+Z$")
        hosts = rows("hosts?query=10.1.0.0/24")
        self.assertEqual(len(hosts), 256)
        self.assertEqual(rows("hosts?order=contact&query=10.0.0.5")[0]["last_source"], "192.0.2.2")
        headers = self.curl("/api/export/events", "-D", "-", "-o", "/dev/null")
        self.assertRegex(headers, r'(?i)content-disposition: attachment; filename="apiary-events-\d{8}T\d{6}Z.csv"')
        self.assertEqual(self.status_of("/api/export/nonsense"), 404)
        self.assertEqual(self.status_of("/api/export/events?format=xml"), 400)

    def test_a_conversation(self):
        session = next(s for s in self.get("/api/sessions")["sessions"] if s["host_port"] == 23)
        self.assertEqual((session["source"], session["credentials"]), ("192.0.2.2", 1))
        kinds = [e["event"]["action"] for e in self.get(f"/api/session/{session['id']}")["events"]]
        self.assertEqual(kinds[0], "flow_start")
        self.assertIn("payload", kinds)
        self.assertIn("flow_end", kinds)  # the note on the program's end may follow it
        self.assertEqual(self.status_of("/api/session/nonsense"), 404)

    def test_the_honeynet(self):
        topology = self.get("/api/topology")
        self.assertEqual([r["address"] for r in topology["routers"]], ["10.0.0.1", "10.1.0.1"])
        self.assertIn("5ms", topology["routers"][0]["links"][0]["quality"])
        hosts = self.get("/api/hosts?query=10.1.0.0/24&offset=250&limit=100")
        self.assertEqual((hosts["total"], len(hosts["hosts"])), (256, 6))
        self.assertEqual(self.get("/api/hosts?query=SERVER")["total"], 257)
        host = self.get("/api/host/10.1.0.9")
        self.assertEqual(host["template"], "server")
        self.assertIn("10.1.0.1 after 5 ms", host["explanation"])
        self.assertIn({"protocol": "tcp", "port": 80, "action": 'service "sh scripts/web.sh"'},
                      host["ports"])
        self.assertEqual(self.status_of("/api/host/10.9.9.9"), 404)

    def test_the_stream(self):
        follower = self.honeynet.start("curl", "-sN", *BEARER, f"{AT}/api/stream?kind=flow_start",
                                       stdout=lab.subprocess.PIPE, text=True)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.terminate)
        time.sleep(0.5)
        self.attacker.run("curl", "-s", "http://10.1.0.200/")
        lines = iter(follower.stdout.readline, "")
        event = json.loads(next(l for l in lines if l.startswith("data:"))[len("data:"):])
        self.assertEqual(event["destination"]["ip"], "10.1.0.200")

    def test_a_change_takes_the_token(self):
        text = self.get("/api/configuration")["text"]
        self.assertIn("bind 10.0.0.5 server", text)
        changed = self.lab.add_file("changed.conf", text + "bind 10.0.0.77 server\n")
        put = ("-X", "PUT", "--data-binary", f"@{changed}")
        self.assertEqual(self.status_of("/api/configuration", *put, bears=()), 401)
        broken = self.lab.add_file("broken.conf", text + "bind 10.0.0.77 nobody\n")
        said = json.loads(self.curl("/api/configuration/check", "--data-binary",
                                    f"@{broken}"))
        self.assertEqual((said["ok"], said["diagnostics"][0]["line"]), (False, text.count("\n") + 1))
        nosy = self.lab.add_file("nosy.conf", 'include "/etc/passwd"\n')
        said = self.curl("/api/configuration/check", "--data-binary", f"@{nosy}")
        self.assertIn("does not belong to the active configuration", said)
        answer = json.loads(self.curl("/api/configuration", *put))
        self.assertTrue(answer["ok"], answer)
        self.attacker.run("ping", "-c1", "-W2", "10.0.0.77")
        answer = json.loads(self.curl("/api/reload", "-d", ""))
        self.assertTrue(answer["ok"], answer)
        self.assertNotEqual(
            self.attacker.run("ping", "-c1", "-W0.5", "10.0.0.77", check=False).returncode, 0)

    def test_metrics(self):
        text = self.curl("/metrics")
        checked = lab.subprocess.run(["promtool", "check", "metrics"], input=text, text=True,
                                     capture_output=True)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        value = dict(re.findall(r"^(apiary_\w+(?:\{.*\})?) (\S+)$", text, re.MULTILINE))
        self.assertGreater(float(value['apiary_received_packets_total{protocol="tcp"}']), 100)
        self.assertGreater(float(value['apiary_events_total{kind="credential"}']), 0)
        self.assertGreater(float(value["apiary_turnaround_seconds_count"]), 100)
        self.assertIn('apiary_link_queue_bytes{link="10.0.0.1 to 10.1.0.1"}', value)
        listed = (lab.ROOT / "docs/metrics.md").read_text()
        for name in set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)):
            self.assertIn(f"`{name}`", listed)
        for name in re.findall(r"^\| `(apiary_\w+)`", listed, re.MULTILINE):
            self.assertIn(f"# TYPE {name} ", text)

    def test_health(self):
        self.assertEqual(self.curl("/healthz"), "ok\n")
        self.assertEqual(self.curl("/readyz"), "ok\n")

    def test_unknown_hosts_and_other_origins_are_refused(self):
        self.assertEqual(self.status_of("/api/events", "-H", "Host: evil.example"), 421)
        self.assertEqual(self.status_of("/api/events", "-H", "Sec-Fetch-Site: cross-site"), 403)
        headers = self.curl("/", "-D", "-", "-o", "/dev/null")
        self.assertRegex(headers, "(?i)content-security-policy: default-src 'none'")

    def said(self, request, half_close=True):
        """The response to `request` on a new connection, until the other side closes it."""
        with self.honeynet.inside():
            connection = socket.create_connection(("127.0.0.1", 8080), timeout=20)
        with connection:
            connection.sendall(request)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            response = b""
            while piece := connection.recv(65536):
                response += piece
        return response.decode()

    def test_a_body_is_wanted_only_where_it_means_something(self):
        self.assertEqual(self.status_of("/api/reload", "-X", "POST"), 200)
        self.assertEqual(self.status_of("/api/reload", "-X", "POST", bears=()), 401)
        self.assertEqual(self.status_of("/api/configuration/check", "-X", "POST"), 411)
        self.assertEqual(self.status_of("/api/configuration", "-X", "PUT"), 411)
        self.assertEqual(self.status_of("/api/configuration/check", "-d", ""), 200)

    def test_a_half_closed_request_is_answered(self):
        for path in ("/healthz", "/", "/api/status", "/metrics", "/api/hosts"):
            with self.subTest(path):
                request = (f"GET {path} HTTP/1.1\r\nHost: localhost\r\n"
                           f"Authorization: Bearer {TOKEN}\r\n\r\n")
                self.assertRegex(self.said(request.encode()),
                                 r"\AHTTP/1.1 200 OK\r\n")

    def test_each_request_is_read_in_one_way_or_refused(self):
        host = "Host: localhost\r\n"
        for status, name, request in (
                (200, "HTTP/1.0 without a host", "GET /healthz HTTP/1.0\r\n\r\n"),
                (200, "a URL", "GET http://localhost/healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
                (200, "HEAD", f"HEAD / HTTP/1.1\r\n{host}\r\n"),
                (204, "OPTIONS", f"OPTIONS * HTTP/1.1\r\n{host}\r\n"),
                (421, "a URL of another host", f"GET http://evil/ HTTP/1.1\r\n{host}\r\n"),
                (400, "no host", "GET / HTTP/1.1\r\n\r\n"),
                (400, "two hosts", f"GET / HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n"),
                (400, "two lengths", f"POST /api/reload HTTP/1.1\r\n{host}Content-Length: 0\r\n"
                                     "Content-Length: 5\r\n\r\nhello"),
                (400, "a length and chunks", f"POST /api/reload HTTP/1.1\r\n{host}Content-Length: 0\r\n"
                                             "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                (400, "a blank before the colon", "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n"),
                (400, "a folded field", f"GET / HTTP/1.1\r\n{host}X: a\r\n b\r\n\r\n"),
                (400, "a broken chunk", "POST /api/configuration/check HTTP/1.1\r\n"
                                        f"{host}Authorization: Bearer {TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n"),
                (405, "another method", f"DELETE /api/events HTTP/1.1\r\n{host}\r\n"),
                (405, "a wrong method", f"POST /api/events HTTP/1.1\r\n{host}\r\n"),
                (501, "unknown method", f"FETCH / HTTP/1.1\r\n{host}\r\n"),
                (414, "a long line", f"GET /{'a' * 9000} HTTP/1.1\r\n{host}\r\n"),
                (431, "a long header", f"GET / HTTP/1.1\r\n{host}X: {'a' * 40000}\r\n\r\n"),
                (505, "HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")):
            with self.subTest(name):
                self.assertEqual(self.said(request.encode())[:12], f"HTTP/1.1 {status}")
        self.assertIn("\r\nAllow: POST, OPTIONS\r\n", self.said(f"GET /api/reload HTTP/1.1\r\n{host}\r\n"
                                                             .encode()))

    def test_a_slow_client_delays_no_other(self):
        """Slow headers, slow bodies and slow readers do not delay other clients."""
        begins = (b"GET / HTTP/1.1\r\nX: ", b"",
                  b"POST /api/configuration/check HTTP/1.1\r\nHost: localhost\r\n"
                  b"Content-Length: 99999\r\n\r\n",
                  (b"GET /api/events?limit=1000 HTTP/1.1\r\nHost: localhost\r\n"
                   b"Authorization: Bearer " + TOKEN.encode() + b"\r\n\r\n") * 20)
        with self.honeynet.inside():
            slow = [socket.create_connection(("127.0.0.1", 8080)) for _ in range(200)]
        self.addCleanup(lambda: [each.close() for each in slow])
        for number, each in enumerate(slow):
            try:
                each.sendall(begins[number % len(begins)])
            except OSError:  # the server dropped it for other clients
                pass
        times = []
        for _ in range(15):
            for path in ("/healthz", "/metrics", "/"):
                took, status = self.curl(path, "-o", "/dev/null", "-w",
                                         "%{time_total} %{http_code}").split()
                self.assertEqual(status, "200")
                times.append(float(took))
            for each in slow:
                try:
                    each.send(b"a", socket.MSG_DONTWAIT)
                except OSError:
                    pass
        # 10 ms on an idle machine; sanitizers and other load take longer.
        self.assertLess(sorted(times)[len(times) // 2], 1)
        self.assertLess(max(times), 3)
        self.assertIn("20 received", self.attacker.run("ping", "-c20", "-i0.01", "10.0.0.5").stdout)

    def test_a_request_has_ten_seconds(self):
        with self.honeynet.inside():
            connection = socket.create_connection(("127.0.0.1", 8080), timeout=20)
        with connection:
            began = time.monotonic()
            response = b""
            connection.sendall(b"GET / HTTP/1.1\r\nX: ")
            connection.settimeout(0.5)
            while b"\r\n\r\n" not in response and time.monotonic() - began < 20:
                try:
                    response += connection.recv(4096)
                except TimeoutError:
                    connection.sendall(b"a")
        self.assertRegex(response.decode(), r"\AHTTP/1.1 408 ")
        self.assertLess(time.monotonic() - began, 14)

    def test_it_runs_without_rights(self):
        pid = next(p for p in self.honeynet.processes()
                   if "apiary" in pathlib.Path(f"/proc/{p}/comm").read_text()
                   and len(list(pathlib.Path(f"/proc/{p}/task").iterdir())) > 10)
        humble = [task for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                  if "CapEff:\t0000000000000000" in (task / "status").read_text()]
        self.assertGreaterEqual(len(humble), 12)  # one reads and writes, the others compute responses

    def test_top(self):
        top = lab.run(lab.BINARY, "top", "--once", "--socket", self.socket).stdout
        for sign in ("192.0.2.2", "tcp 23", "10.0.0.5", "admin / <script>"):
            self.assertIn(sign, top)


if __name__ == "__main__":
    lab.main()
