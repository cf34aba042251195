# SPDX-License-Identifier: MIT
"""A hundred users of one household at a time: each plays with the key that is theirs, on as many devices as they may have,
and what the pool knows of it is what they were sent."""

import collections
import concurrent.futures
import http.client
import json
import multiprocessing
import os
import threading
import unittest

import fake_debrid
import harness
import household

USERS = 100
FILES = 200  # of each user's film: a link is asked for with the key for each of them, within the store's limit a minute
PLAYS = int(os.environ.get("SLUICE_TEST_PLAYS", "1100"))  # of the last user, each has one less: above 100,000 in all
SIZE = 1000

CONFIG = """
listeners: {{main: {{address: "127.0.0.1:{port}"}}}}
upstream: {{trusted: ["127.0.0.1:{torbox}", "127.0.0.1:{port}"]}}
log: {{level: info}}
components:
  authority: {{kind: endpoint, type: pool, config: {{internal_api_key: "{api_key}", check_hours: 0}}}}
  operators: {{kind: auth, type: shared-secret, config: {{secret: "{operator}", scopes: [admin]}}}}
  pool:
    kind: auth
    type: chillstreams
    config: {{url: "http://127.0.0.1:{port}", key: "{api_key}", client_id: true}}
  torbox: {{kind: store, type: torbox, config: {{base_url: "http://127.0.0.1:{torbox}"}}}}
pipelines:
  internal: {{match: {{path: "/api/v1/internal/pool/**"}}, steps: [{{serve: authority, deadline: 15m}}]}}
  manage:
    match: {{path: "/api/v1/pool/**"}}
    steps: [{{authenticate: operators}}, {{serve: authority}}]
  play:
    match: {{path: "/play/{{hash}}/{{file}}"}}
    steps:
      - {{authenticate: {{use: pool, action: stream}}}}
      - {{resolve: {{use: torbox, item: "{{hash}}", file: "{{file}}"}}}}
      - {{fetch: {{}}}}
"""


def hash_of(user):
    return f"{user:040x}"


def plays_of(user):
    """A different number for each, so that no two of them can be taken for each other."""
    return PLAYS - USERS + user + 1


def watch(port, users, results):
    """Some users at a time, one connection each. Puts (user, octets, faults) for each of them."""
    def one(user, subject):
        got, faults = 0, []
        own = {fake_debrid.octets(f"film-{user}/{file}.mkv", 0, SIZE) for file in range(FILES)}
        met = {}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=harness.PATIENCE)
        for play in range(plays_of(user)):
            file = play % FILES
            connection.request("GET", f"/play/{hash_of(user)}/{file}", headers={"Authorization": f"Bearer {subject}:tv"})
            response = connection.getresponse()
            body = response.read()
            got += len(body)
            if response.status != 200 or body not in own or met.setdefault(file, body) != body:
                faults.append((play, response.status))
        connection.close()
        results.put((user, got, faults))

    threads = [threading.Thread(target=one, args=user) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class CrowdTest(household.Household):
    def begin(self):
        self.torbox = fake_debrid.FakeDebrid("torbox")
        self.addCleanup(self.torbox.stop)
        config = CONFIG.format(port=self.port, torbox=self.torbox.port, api_key=household.API_KEY,
                               operator=household.OPERATOR)
        self.sluice = self.start(config)

    def setUp(self):
        super().setUp()
        self.subjects, self.accounts = [], {}
        self.change("DELETE", f"keys/{self.key}")
        for user in range(USERS):
            secret = f"planted0-0000-4000-8000-{user:012x}"
            subject = self.change("POST", "users", name=f"user {user}")["id"]
            key = self.change("POST", "keys", store="torbox", label=f"of user {user}", secret=secret)["id"]
            self.change("PUT", f"users/{subject}/keys/torbox", key=key)
            self.torbox.script(account={"key": secret, "id": 1000 + user})
            self.torbox.script(content={"hash": hash_of(user), "name": f"film-{user}", "files": [
                {"name": f"film-{user}/{file}.mkv", "size": SIZE} for file in range(FILES)]})
            self.subjects.append(subject)
            self.accounts[subject] = key

    def change(self, method, path, **body):
        answer = self.sluice.get(f"/api/v1/pool/{path}", method=method, body=json.dumps(body),
                                 headers={"Authorization": f"Bearer {household.OPERATOR}"})
        self.assertLess(answer.status, 300, answer.text)
        return answer.json if answer.body else None

    def test_each_plays_with_their_own_key_and_the_pool_knows_what(self):
        results = multiprocessing.Queue()
        processes = [multiprocessing.Process(target=watch, args=(
            self.port, [(user, self.subjects[user]) for user in range(first, USERS, 4)], results)) for first in range(4)]
        for process in processes:
            process.start()
        seen = {}
        for _ in range(USERS):
            user, got, faults = results.get(timeout=1800)
            self.assertEqual(faults, [], f"user {user}")
            seen[user] = got
        for process in processes:
            process.join()

        counts = self.torbox.seen()
        self.assertEqual(counts["violations"], [])
        self.assertEqual(counts["crossed"], 0, "no limit of the store was crossed")
        for user in range(USERS):
            self.assertEqual(counts["counts"][f"cdn of {1000 + user}"], plays_of(user), f"user {user}")
        harness.wait_until(lambda: self.pending() == 0, "every record is taken", patience=600)
        sent, by_key = collections.Counter(), set()
        for record in self.usage():
            sent[record["user"]] += record["bytes"]
            by_key.add((record["user"], record["key"]))
        self.assertEqual(sent, {self.subjects[user]: seen[user] for user in range(USERS)})
        self.assertEqual(by_key, set(self.accounts.items()))
        self.assertEqual([line for line in self.sluice.lines if "planted" in line], [])

    def test_no_race_lets_a_device_too_many_in(self):
        statuses = collections.defaultdict(list)

        def bring(user, device):
            answer = self.sluice.get(f"/play/{hash_of(user)}/0",
                                     headers={"Authorization": f"Bearer {self.subjects[user]}:device-{device}"})
            statuses[user].append(answer.status)

        with concurrent.futures.ThreadPoolExecutor(24) as viewers:
            for user in range(USERS):
                for device in range(6):
                    viewers.submit(bring, user, device)

        for user in range(USERS):
            self.assertEqual(sorted(statuses[user]), [200] * 3 + [403] * 3, f"user {user}")


if __name__ == "__main__":
    unittest.main()
