# SPDX-License-Identifier: MIT
"""Viewers with user ids, and with keys of their own, find films and play them through the Stremio addon."""

import json
import os
import unittest

import addon
import fake_debrid
import fake_indexers
import harness
import household
from addon import MATRIX, OWN_KEY, SHOW, SIZE, segment


class StremioTest(addon.Addon):
    def test_a_user_finds_and_plays_without_a_key_until_they_are_disabled(self):
        manifest = self.get(f"/{self.by_pool()}/manifest.json").json
        self.assertFalse(manifest["behaviorHints"]["configurationRequired"])
        self.assertTrue(manifest["description"].endswith("TB"))

        streams = self.streams(self.by_pool())

        self.assertEqual([stream["name"].split("\n")[0] for stream in streams], ["⚡️ [TB]", "⚡️ [TB]", "[TB]"])
        self.assertEqual(streams[0]["name"].split("\n")[2], "4k")
        self.assertTrue(streams[0]["behaviorHints"]["filename"].endswith("-BIG.mkv"))
        self.assertEqual(streams[0]["behaviorHints"]["videoSize"], SIZE)

        head = self.follow(streams[0]["url"], method="HEAD")
        moved = self.follow(streams[0]["url"])
        self.assertEqual((head.status, moved.status), (302, 302))
        self.assertEqual(head.headers["Location"], moved.headers["Location"])
        self.assertEqual(self.follow(streams[0]["url"]).status, 302, "a player that seeks asks again")
        film = self.fetch(moved.headers["Location"])
        name = streams[0]["behaviorHints"]["filename"]
        self.assertEqual(film.body, fake_debrid.octets(f"{name.removesuffix('.mkv')}/{name}", 0, SIZE))

        def logged():
            return [(entry["action"], entry["bytes"], entry["cached"]) for entry in self.usage()
                    if entry["action"] == "stream-served"]
        harness.wait_until(logged, "the pool knows what was served")
        self.assertEqual(logged(), [("stream-served", SIZE, True)])

        self.command("users", "disable", self.ann)
        harness.wait_until(lambda: "externalUrl" in self.streams(self.by_pool())[0], "the user is refused")
        self.assertIn("Access is refused", self.streams(self.by_pool())[0]["description"])
        self.assertTrue(self.follow(streams[0]["url"]).headers["Location"].endswith("/clips/403.mp4"))

    def test_each_is_asked_once_and_the_next_viewer_costs_nobody_anything(self):
        self.streams(self.by_pool("tb", "rd"))

        once = self.asked()
        self.assertEqual(once["torbox"]["torrents/checkcached"], 1)
        self.assertEqual(once["searches"], 1)
        self.assertEqual(once["titles"], 1)
        harness.wait_until(lambda: self.kept("torbox") == 3, "what the store has is kept")
        self.assertEqual(len(self.streams(segment(stores=[{"c": "tb", "t": OWN_KEY}]))), 3)
        self.assertEqual(self.asked(), once)

    def test_an_episode_out_of_a_season_is_picked_and_played(self):
        stream, = self.streams(self.by_pool(), f"series/{SHOW}%3A1%3A2")

        self.assertIn("behaviorHints", stream, stream)
        self.assertEqual(stream["behaviorHints"]["filename"], "Breaking.Bad.S01E02.mkv")
        moved = self.follow(stream["url"])
        film = self.fetch(moved.headers["Location"])
        self.assertEqual(film.body, fake_debrid.octets("Breaking.Bad.S01.1080p.BluRay.x264-GRP/Breaking.Bad.S01E02.mkv", 0, SIZE))

    def test_two_stores_are_told_apart(self):
        mixed = segment(stores=[{"c": "rd", "t": OWN_KEY}, {"c": "tb", "auth": self.ann}])

        streams = self.streams(mixed)

        firsts = [stream["name"].split("\n")[0] for stream in streams]
        self.assertEqual(firsts[:2], ["⚡️ [TB]", "⚡️ [TB]"])
        # Real-Debrid does not say what it has, and is not called cached.
        self.assertEqual(sorted(firsts[2:]), ["[TB]", "❔ [RD]"])
        rare = next(stream for stream in streams if "❔" in stream["name"])
        self.assertIn("/clips/", self.follow(rare["url"]).headers["Location"])

    def test_what_the_store_still_fetches_is_a_clip(self):
        rare = self.streams(self.by_pool())[2]

        clip = self.follow(rare["url"]).headers["Location"]

        self.assertTrue(clip.endswith("/clips/downloading.mp4"), clip)
        shown = self.follow(clip, headers={"Range": "bytes=0-99"})
        self.assertEqual((shown.status, shown.headers["Content-Type"], len(shown.body)), (206, "video/mp4", 100))
        self.assertEqual(shown.body[4:8], b"ftyp")

    def test_a_key_that_the_store_refuses_gives_way_to_another(self):
        dead = self.command("keys", "add", "torbox", "dead", stdin="planted0-0000-4000-8000-0000000dead0")["id"]
        assigned = self.sluice.get(f"/api/v1/pool/users/{self.ann}/keys/torbox", method="PUT", body=json.dumps({"key": dead}),
                                   headers={"Authorization": f"Bearer {household.OPERATOR}"})
        self.assertLess(assigned.status, 300, assigned.text)

        refused, = self.streams(self.by_pool())
        self.assertEqual(refused["description"], "Your store does not take the key. Configure the addon anew.")

        harness.wait_until(lambda: "⚡️" in self.streams(self.by_pool())[0]["name"], "the other key is lent")
        states = {key["id"]: key["state"] for key in self.command("keys", "list")["keys"]}
        self.assertEqual(states, {dead: "dead", self.key: "active"})

    def test_the_viewer_configures_with_a_form_and_no_key_comes_back(self):
        self.assertEqual(self.get("/").status, 302)
        self.assertIn('name="stores[0].token"', self.get("/configure").text)

        def post(key, more=""):
            return self.get("/configure", method="POST", body=f"stores_length=1&stores[0].code=tb&stores[0].token={key}{more}"
                            .replace("[", "%5B").replace("]", "%5D"),
                            headers={"Content-Type": "application/x-www-form-urlencoded"})
        wrong = post("planted0-0000-4000-8000-0000000000ff")
        self.assertEqual(wrong.status, 422)
        self.assertIn("does not take this key", wrong.text)

        for more in ("", "&saved=on"):
            done = post(OWN_KEY, more)
            self.assertEqual(done.status, 200, done.text)
            url = done.text.split(f"http://127.0.0.1:{self.port}/stremio/torz/", 1)[1].split("/manifest.json")[0]
            self.assertTrue(url.startswith("k." if more else "e."), url)
            self.assertEqual(len(self.streams(url)), 3)
            again = self.get(f"/{url}/configure")
            self.assertEqual(again.status, 200)
        self.assertNotIn(OWN_KEY.encode(), (self.sluice.folder / "var/sluice.db").read_bytes())

    def test_a_fault_of_one_leaves_the_others(self):
        self.indexers.script(add={"id": "broken", "number": 2})
        self.indexers.script(change="broken", fault="server_error")
        both = segment(stores=[{"c": "tb", "auth": self.ann}], indexers=[
            {"n": "jackett", "u": f"http://127.0.0.1:{self.indexers.port}/jackett/api/v2.0/indexers/broken/results/torznab",
             "ak": "planted-api-key-0123456789"}])
        self.assertEqual(len(self.streams(both)), 3)

        self.torbox.script(fault={"name": "500", "endpoint": "torrents/checkcached"})
        self.indexers.script(add={"id": "other", "number": 3})
        streams = self.streams(segment(stores=[{"c": "rd", "t": OWN_KEY}, {"c": "tb", "auth": self.ann}]))
        self.assertGreater(len(streams), 0)

    def test_nothing_found_is_said(self):
        stream, = self.streams(self.by_pool(), "movie/tt7654321")
        self.assertEqual(stream["description"], "Nothing was found.")

        self.indexers.script(change="plain", fault="server_error")
        stream, = self.streams(self.by_pool(), "movie/tt7654322")
        self.assertIn("did not answer: torznab", stream["description"])

        filtered = segment(stores=[{"c": "tb", "auth": self.ann}], filter='Resolution == "480p"')
        self.indexers.script(change="plain", fault="none")
        stream, = self.streams(filtered)
        self.assertIn("none passes your filter", stream["description"])

    def test_bad_input_is_refused_by_name(self):
        good = self.by_pool()
        for path, want in (
                ("/%21%21/manifest.json", "base64"),
                (f"/{segment(stores=[])}/manifest.json", "stores"),
                (f"/{segment(stores=[{'c': 'zz', 't': 'x'}])}/manifest.json", "stores[0].c"),
                (f"/{segment(stores=[{'c': 'tb', 't': '', 'auth': ''}])}/manifest.json", "stores[0]"),
                (f"/{segment(stores=[{'c': 'tb', 'auth': 'no-uuid'}])}/manifest.json", "stores[0].auth"),
                (f"/{segment(stores=[{'c': 'tb', 't': 'a' + chr(10)}])}/manifest.json", "stores[0].t"),
                (f"/{good}/stream/movie/tt1;drop.json", "id"),
                (f"/{good}/stream/movie/tt999999999999999999.json", "id"),
                (f"/{good}/stream/movie/tt1%3A0%3A0.json", "type"),
                (f"/{good}/stream/movie/{'t' * 3000}.json", ""),
                (f"/{good}/_/strem/{MATRIX}/tb/{'a' * 39}/0/", "hash"),
                (f"/{good}/_/strem/{MATRIX}/zz/{'a' * 40}/0/", "store"),
                (f"/{good}/_/strem/{MATRIX}/tb/{'a' * 40}/x/", "file index"),
                (f"/{good}/_/strem/{MATRIX}/tb/{'a' * 40}-AAAA/0/", "torrent")):
            answer = self.get(path)
            self.assertEqual(answer.status, 400, path[:80] + answer.text)
            self.assertIn(want, answer.json["error"]["message"])
        self.assertEqual(self.get("/k.nobody-saved-it/manifest.json").status, 404)


class OwnKeyTest(addon.Addon):
    enabled = "false"

    def test_keys_of_viewers_work_while_the_pool_is_switched_off(self):
        streams = self.streams(segment(stores=[{"c": "tb", "t": OWN_KEY}]))
        self.assertEqual(len(streams), 3)
        self.assertIn("Location", self.follow(streams[0]["url"]).headers)

        refused, = self.streams(self.by_pool())
        self.assertIn("Access is refused", refused["description"])


class NoPoolTest(addon.Addon):
    pool_is_up = False

    def test_a_pool_that_is_away_lets_nobody_in_and_viewers_are_told(self):
        stream, = self.streams(self.by_pool())

        self.assertIn("cannot be checked at present", stream["description"])
        self.assertEqual(len(self.streams(segment(stores=[{"c": "tb", "t": OWN_KEY}]))), 3)


class ProxyTest(addon.Addon):
    options = "delivery: proxy"

    def test_the_store_sees_the_gateway_and_the_viewer_sees_no_link(self):
        streams = self.streams(self.by_pool())
        self.assertTrue(streams[0]["name"].startswith("✨"))

        part = self.follow(streams[0]["url"], headers={"Range": "bytes=1000-1999"})

        self.assertEqual(part.status, 206)
        name = streams[0]["behaviorHints"]["filename"]
        self.assertEqual(part.body, fake_debrid.octets(f"{name.removesuffix('.mkv')}/{name}", 1000, 1000))
        self.assertNotIn("Location", part.headers)
        harness.wait_until(lambda: [entry for entry in self.usage() if entry["bytes"] == 1000], "what was sent is counted")


class LockedTest(addon.Addon):
    options = "locked: true"

    def test_configurations_that_anybody_can_read_are_refused(self):
        self.assertEqual(self.get(f"/{self.by_pool()}/manifest.json").status, 403)


class ShippedTest(addon.Addon):
    def serve(self):
        environment = {
            "SLUICE_LISTEN": f"127.0.0.1:{self.port}", "SLUICE_TRUSTED_UPSTREAMS": "127.0.0.1",
            "INTERNAL_API_KEY": household.API_KEY, "CHILLSTREAMS_API_KEY": household.API_KEY,
            "CHILLSTREAMS_API_URL": f"http://127.0.0.1:{self.port}", "ENABLE_CHILLSTREAMS_AUTH": "true",
            "TORBOX_URL": f"http://127.0.0.1:{self.torbox.port}",
            "REALDEBRID_URL": f"http://127.0.0.1:{self.realdebrid.port}",
            "PROWLARR_URL": f"http://127.0.0.1:{self.indexers.port}/prowlarr", "PROWLARR_API_KEY": fake_indexers.KEY,
            "CINEMETA_URL": f"http://127.0.0.1:{self.cinemeta.port}"}
        self.environment = {**os.environ, **environment}
        return self.start(harness.shipped("debrid.yaml"), environment=environment)

    def test_the_shipped_configuration_serves_a_household(self):
        streams = self.streams(self.by_pool())

        self.assertEqual([stream["name"].split("\n")[0] for stream in streams], ["⚡️ [TB]", "⚡️ [TB]", "[TB]"])
        moved = self.follow(streams[0]["url"])
        self.assertEqual(len(self.fetch(moved.headers["Location"]).body), SIZE)
        harness.wait_until(lambda: [entry for entry in self.usage() if entry["bytes"] == SIZE], "the pool knows of it")


if __name__ == "__main__":
    unittest.main()
