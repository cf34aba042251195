// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <thread>

#include "tests/sdk/abi/rogue.hpp"

namespace sluice::sdk::abi_test {
namespace {

using detail::Str;

TEST_F(GarbageTest, OkWithoutAResultIsInternal) {
  const auto answer = Get([](sluice_item_sink, sluice_error*) -> sluice_status { return SLUICE_OK; });

  EXPECT_EQ(answer, "10 rogue: store.get answered OK without a result");
  EXPECT_TRUE(observer_.outcomes[0].violation);
  EXPECT_EQ(observer_.outcomes[0].status, static_cast<sluice_status>(SLUICE_INTERNAL));
}

TEST_F(GarbageTest, AStatusThatIsNoneIsInternal) {
  EXPECT_EQ(Get([](sluice_item_sink, sluice_error*) -> sluice_status { return 99; }),
            "10 rogue: store.get answered status 99 (want 0 to 10)");
}

TEST_F(GarbageTest, AnErrorThatIsNotFilledInIsInternal) {
  EXPECT_EQ(Get([](sluice_item_sink, sluice_error*) -> sluice_status { return SLUICE_NOT_FOUND; }),
            "10 rogue: store.get answered status 2 without filling in the error");
}

TEST_F(GarbageTest, AnErrorOfAnotherStatusIsInternal) {
  EXPECT_EQ(Get([](sluice_item_sink, sluice_error* error) -> sluice_status {
              error->status = SLUICE_RATE_LIMITED;
              return SLUICE_NOT_FOUND;
            }),
            "10 rogue: store.get answered status 2 with an error of status 5");
}

TEST_F(GarbageTest, AMessageWithoutEndOrUtf8IsMadeLegible) {
  const auto answer = Get([](sluice_item_sink, sluice_error* error) -> sluice_status {
    error->status = SLUICE_NOT_FOUND;
    std::memset(error->message, 'x', sizeof(error->message));
    std::memcpy(error->message, "\xFF\xC3\n\xC3\xA4\xED\xA0\x80", 8);
    return SLUICE_NOT_FOUND;
  });

  EXPECT_EQ(answer, "2 ???\xC3\xA4???" + std::string(232, 'x'));
}

TEST_F(GarbageTest, NullAndSecondResultsAreInternal) {
  EXPECT_EQ(Get([](sluice_item_sink out, sluice_error*) -> sluice_status {
              out.put(out.ctx, nullptr);
              return SLUICE_OK;
            }),
            "10 rogue: store.get put garbage: result: a null pointer");
  EXPECT_EQ(Get([](sluice_item_sink out, sluice_error*) -> sluice_status {
              const auto item = Item();
              out.put(out.ctx, &item);
              out.put(out.ctx, &item);
              return SLUICE_OK;
            }),
            "10 rogue: store.get put a second result");
}

TEST_F(GarbageTest, TextsListsAndSizesThatCannotBeAreInternal) {
  const auto put = [&](const std::function<void(sluice_item&)>& spoil) {
    return Get([&](sluice_item_sink out, sluice_error*) -> sluice_status {
      auto item = Item();
      spoil(item);
      out.put(out.ctx, &item);
      return SLUICE_OK;
    });
  };

  EXPECT_EQ(put([](sluice_item&) {}), "item i1");
  EXPECT_EQ(put([](sluice_item& item) {
              item.name = {nullptr, 7};
            }),
            "10 rogue: store.get put garbage: item.name: 7 bytes at a null pointer");
  EXPECT_EQ(put([](sluice_item& item) { item.name.size = SIZE_MAX, item.name.data = "x"; }),
            "10 rogue: store.get put garbage: item.name: 18446744073709551615 bytes (want at most 67108864)");
  EXPECT_EQ(put([](sluice_item& item) { item.file_count = 3; }),
            "10 rogue: store.get put garbage: item.files: 3 elements at a null pointer");
  static const sluice_file file{};
  EXPECT_EQ(put([](sluice_item& item) { item.files = &file, item.file_count = SIZE_MAX / 2; }),
            "10 rogue: store.get put garbage: item.files: 9223372036854775807 elements (want at most 100000)");
  EXPECT_EQ(put([](sluice_item& item) { item.struct_size = 16; }),
            "10 rogue: store.get put garbage: item: struct_size 16 (want at least 96)");
}

TEST_F(GarbageTest, UnknownEnumeratorsReadAsTheirDefaults) {
  rogue_.get = [](sluice_item_sink out, sluice_error*) -> sluice_status {
    auto item = Item();
    item.state = 77;
    out.put(out.ctx, &item);
    return SLUICE_OK;
  };

  auto item = Make<Store>(&kStore)->Get(call_, {}, "id");

  ASSERT_TRUE(item);
  EXPECT_EQ(item->state, ItemState::kUnknown);
  EXPECT_EQ(detail::FromLinkKind(99), LinkKind::kData);
  EXPECT_EQ(detail::Kind<MediaBackend>::Event(99), PlaybackEvent::kProgress);
}

TEST_F(GarbageTest, ASinkOfManyStopsAtGarbage) {
  rogue_.get = [](sluice_item_sink out, sluice_error*) -> sluice_status {
    auto item = Item();
    EXPECT_EQ(out.put(out.ctx, &item), 0U);
    EXPECT_NE(out.put(out.ctx, nullptr), 0U);
    EXPECT_NE(out.put(out.ctx, &item), 0U);
    return SLUICE_OK;
  };

  auto status = Make<Store>(&kStore)->Check(call_, {}, Content::kTorrent, {}, static_cast<ItemSink&>(taker_));

  ASSERT_FALSE(status);
  EXPECT_EQ(Text(status.error()), "10 rogue: store.check put garbage: result: a null pointer");
  EXPECT_EQ(taker_.taken, 1U);
}

TEST_F(GarbageTest, ASinkCalledAfterItsCallReachesNobody) {
  sluice_item_sink kept{};
  Get([&](sluice_item_sink out, sluice_error*) -> sluice_status {
    kept = out;
    const auto item = Item();
    out.put(out.ctx, &item);
    return SLUICE_OK;
  });
  const auto before = detail::StaleSinkCalls().load();
  auto item = Item();

  kept.put(kept.ctx, &item);
  std::string during = Get([&](sluice_item_sink out, sluice_error*) -> sluice_status {
    auto other = Item();
    other.id = Str("other");
    kept.put(kept.ctx, &other);  // another call runs in the same slot by now
    out.put(out.ctx, &item);
    return SLUICE_OK;
  });
  kept.put(nullptr, &item);
  kept.put(&item, &item);

  EXPECT_EQ(during, "item i1");
  EXPECT_EQ(detail::StaleSinkCalls().load() - before, 4U);
}

TEST_F(GarbageTest, ManyThreadsMayPutWhileTheCallEnds) {
  std::vector<std::thread> threads;
  std::atomic<int> started{0};
  std::atomic<bool> stop{false};
  rogue_.get = [&](sluice_item_sink out, sluice_error*) -> sluice_status {
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, out] {
        auto item = Item();
        started.fetch_add(1);
        while (!stop.load()) out.put(out.ctx, &item);
      });
    while (started.load() < 4) std::this_thread::yield();
    return SLUICE_OK;
  };
  auto store = Make<Store>(&kStore);

  {
    std::ostringstream short_lived;
    Taker sink(short_lived);
    EXPECT_TRUE(store->Check(call_, {}, Content::kTorrent, {}, static_cast<ItemSink&>(sink)));
  }
  stop = true;
  for (auto& thread : threads) thread.join();
}

TEST_F(GarbageTest, SourcesThatWouldSmuggleAreInternal) {
  auto source = Source();
  EXPECT_EQ(Resolve(source), "source https://o.example/");
  source.url = {};
  EXPECT_EQ(Resolve(source), "10 rogue: resolver.resolve put garbage: source.url: empty");
  source.url = Str("https://o.example/\r\nHost: x");
  EXPECT_EQ(Resolve(source), "10 rogue: resolver.resolve put garbage: source.url: a control character");
  source = Source();
  const sluice_field fields[] = {{Str("X-A"), Str("b\r\nX-Evil: 1")}, {Str("X A"), Str("b")}};
  source.headers = fields;
  source.header_count = 1;
  EXPECT_EQ(Resolve(source),
            "10 rogue: resolver.resolve put garbage: source.headers: a value with a line break or NUL");
  source.headers = fields + 1;
  EXPECT_EQ(Resolve(source), "10 rogue: resolver.resolve put garbage: source.headers: a name that is no token");
  source = Source();
  const std::string context(257, 'c');
  source.context = Str(context);
  EXPECT_EQ(Resolve(source), "10 rogue: resolver.resolve put garbage: source.context: 257 bytes (want at most 256)");
}

TEST_F(GarbageTest, ExceptionsThatCrossTheBoundaryAreCaught) {
  EXPECT_EQ(Get([](sluice_item_sink, sluice_error*) -> sluice_status { throw std::runtime_error("oops"); }),
            "10 rogue: store.get threw across the boundary: oops");
  EXPECT_EQ(Get([](sluice_item_sink, sluice_error*) -> sluice_status { throw 5; }),
            "10 rogue: store.get threw across the boundary");
  EXPECT_TRUE(Make<ManifestRewriter>(&kManifest)->Accepts({})) << "or the manifest would pass as it is";
  EXPECT_TRUE(observer_.outcomes[observer_.outcomes.size() - 2].violation);
}

TEST_F(GarbageTest, AFailureOfTheHostsOwnSinkIsNotThePluginsFault) {
  struct Throwing final : ItemSink {
    bool Put(const sdk::Item&) override { throw std::runtime_error("host broke"); }
  } sink;
  rogue_.get = [](sluice_item_sink out, sluice_error*) -> sluice_status {
    const auto item = Item();
    EXPECT_NE(out.put(out.ctx, &item), 0U);
    return SLUICE_OK;
  };

  auto status = Make<Store>(&kStore)->Check(call_, {}, Content::kTorrent, {}, sink);

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "rogue: store.check was cut short: host broke");
  EXPECT_FALSE(observer_.outcomes[0].violation);
}

TEST_F(GarbageTest, AMissingResolveChildTakesTheLinkAsItIs) {
  auto resolver = Make<Resolver>(&kResolver);

  auto source = resolver->ResolveChild(call_, {}, {"https://o.example/a", "ctx", LinkKind::kKey});

  ASSERT_TRUE(source);
  EXPECT_EQ(source->url, "https://o.example/a");
  EXPECT_EQ(source->context, "ctx");
}

TEST_F(GarbageTest, AnEndpointAnswersOnceAndWithHonestHeads) {
  const auto handle = [&](decltype(Rogue::handle) what) {
    rogue_.handle = std::move(what);
    auto answer = Make<Endpoint>(&kEndpoint)->Handle(call_, 0, {}, {}, taker_);
    return answer ? "ok" : Text(answer.error());
  };
  const auto source = Source();

  EXPECT_EQ(handle([&](sluice_response_writer writer, sluice_source_sink out, sluice_error*) -> sluice_status {
              sluice_error error{};
              writer.start(writer.ctx, 200, nullptr, 0, &error);
              out.put(out.ctx, &source);
              return SLUICE_OK;
            }),
            "10 rogue: endpoint.handle answered and handed back a source");
  EXPECT_EQ(handle([](sluice_response_writer writer, sluice_source_sink, sluice_error* error) -> sluice_status {
              EXPECT_EQ(writer.start(writer.ctx, 99, nullptr, 0, error),
                        static_cast<sluice_status>(SLUICE_INVALID_ARGUMENT));
              return SLUICE_OK;
            }),
            "10 rogue: endpoint.handle put garbage: status: 99 (want 200 to 599)");
  EXPECT_EQ(handle([](sluice_response_writer writer, sluice_source_sink, sluice_error*) -> sluice_status {
              EXPECT_NE(writer.put(writer.ctx, {nullptr, 5}), 0U);
              return SLUICE_OK;
            }),
            "10 rogue: endpoint.handle put garbage: chunk: 5 bytes at a null pointer");
}

TEST_F(GarbageTest, AnEndpointWithoutRoutesIsDestroyedAtOnce) {
  rogue_.routes = [](sluice_route_sink, sluice_error* error) -> sluice_status {
    return detail::SetError(error, Errc::kUpstreamFailed, "no table");
  };

  component_ = RogueComponent(&kEndpoint);
  auto adapted = detail::Adapt<Endpoint>(component_, &rogue_, observer_);

  ASSERT_FALSE(adapted);
  EXPECT_EQ(Text(adapted.error()), "6 no table");
  EXPECT_EQ(rogue_.destroyed, 1);
}

TEST_F(GarbageTest, AnEndpointCannotFloodItsHostWithRoutes) {
  rogue_.routes = [](sluice_route_sink out, sluice_error*) -> sluice_status {
    sluice_route route{};
    route.struct_size = sizeof(route);
    for (int i = 0; i <= 10'000; ++i) out.put(out.ctx, &route);
    return SLUICE_OK;
  };

  component_ = RogueComponent(&kEndpoint);
  auto adapted = detail::Adapt<Endpoint>(component_, &rogue_, observer_);

  ASSERT_FALSE(adapted);
  EXPECT_EQ(adapted.error().message, "rogue: endpoint.routes put more than 10000 routes");
}

TEST_F(GarbageTest, ARewriterMayAskForALinkWhileItTakesOne) {
  rogue_.rewrite = [](sluice_link_minter links, sluice_rewritten_manifest_sink out) -> sluice_status {
    static sluice_link_minter again;
    static std::string inner;
    again = links;
    const auto take_inner = [](void*, sluice_str link) { inner = detail::View(link); };
    const auto take_outer = [](void*, sluice_str) {
      again.proxied(again.ctx, Str("https://o.example/2"), 1, {nullptr, decltype(take_inner){}});
    };
    links.proxied(links.ctx, Str("https://o.example/1"), 1, {nullptr, take_outer});
    links.proxied(links.ctx, Str("https://o.example/1"), 1, {nullptr, nullptr});
    const sluice_rewritten_manifest manifest{sizeof(sluice_rewritten_manifest), 0, Str(inner), Str("a/b")};
    out.put(out.ctx, &manifest);
    return SLUICE_OK;
  };

  auto manifest = Make<ManifestRewriter>(&kManifest)->Rewrite(call_, {}, taker_);

  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->text, "/link/1/https://o.example/2");
}

TEST_F(GarbageTest, ARewriterThatOrdersNonsenseFails) {
  const auto rewrite = [&](auto&& ask) {
    rogue_.rewrite = [&](sluice_link_minter, sluice_rewritten_manifest_sink out) -> sluice_status {
      const sluice_rewritten_manifest manifest{sizeof(sluice_rewritten_manifest), 0, Str("x"), Str("a/b")};
      ask(*rogue_.manifest->host);
      out.put(out.ctx, &manifest);
      return SLUICE_OK;
    };
    auto made = Make<ManifestRewriter>(&kManifest)->Rewrite(call_, {.text = {}, .references = &taker_}, taker_);
    return made ? made->text : made.error().message;
  };
  const auto order = [&](auto&& change) {
    return rewrite([&](const sluice_manifest_host& host) {
      sluice_link_order ordered{};
      ordered.struct_size = sizeof(ordered);
      ordered.url = Str("https://o.example/");
      change(ordered);
      sluice_error error{};
      const auto status = host.link(host.ctx, &ordered, {nullptr, nullptr}, &error);
      EXPECT_EQ(status, error.status);
    });
  };
  const std::string put = "rogue: manifest.rewrite put garbage: ";

  EXPECT_EQ(order([](sluice_link_order&) {}), "x");
  EXPECT_EQ(order([](sluice_link_order& o) { o.struct_size = 79; }), put + "link: struct_size 79 (want at least 80)");
  EXPECT_EQ(order([](sluice_link_order& o) { o.url = {nullptr, 1}; }), put + "link.url: 1 bytes at a null pointer");
  EXPECT_EQ(order([](sluice_link_order& o) {
              o.note = {"", 2049};
            }),
            put + "link.note: 2049 bytes (want at most 2048)");
  EXPECT_EQ(order([](sluice_link_order& o) { o.variant_count = 1; }),
            put + "link.variants: 1 elements at a null pointer");
  EXPECT_EQ(rewrite([](const sluice_manifest_host& host) { host.link(host.ctx, nullptr, {}, nullptr); }),
            put + "link: a null pointer");
  EXPECT_EQ(rewrite([](const sluice_manifest_host& host) {
              sluice_reference short_one{};
              short_one.struct_size = 47;
              host.fetch(host.ctx, &short_one, {}, nullptr);
            }),
            put + "reference: struct_size 47 (want at least 48)");
  EXPECT_EQ(rewrite([](const sluice_manifest_host& host) { host.fetch(host.ctx, nullptr, {}, nullptr); }),
            put + "reference: a null pointer");
}

TEST_F(GarbageTest, AHostOfAManifestThatIsDoneAnswersNothing) {
  sluice_manifest_host kept{};
  rogue_.rewrite = [&](sluice_link_minter, sluice_rewritten_manifest_sink out) -> sluice_status {
    const sluice_rewritten_manifest manifest{sizeof(sluice_rewritten_manifest), 0, Str("x"), Str("a/b")};
    kept = *rogue_.manifest->host;
    out.put(out.ctx, &manifest);
    return SLUICE_OK;
  };
  ASSERT_TRUE(Make<ManifestRewriter>(&kManifest)->Rewrite(call_, {.text = {}, .references = &taker_}, taker_));

  sluice_error error{};
  sluice_link_order order{};
  order.struct_size = sizeof(order);
  EXPECT_EQ(kept.link(kept.ctx, &order, {}, &error), static_cast<sluice_status>(SLUICE_INTERNAL));
  sluice_reference reference{};
  reference.struct_size = sizeof(reference);
  EXPECT_EQ(kept.fetch(kept.ctx, &reference, {}, &error), static_cast<sluice_status>(SLUICE_INTERNAL));
}

TEST_F(GarbageTest, ADestinationNeedsAUrl) {
  const auto follow = [this] {
    auto destination = Make<ManifestRewriter>(&kFollowing)->Follow(call_, {});
    return destination ? std::string("ok") : destination.error().message;
  };
  rogue_.destination = {.struct_size = sizeof(sluice_destination), .wait_ms = 0, .url = {}};
  EXPECT_EQ(follow(), "rogue: manifest.follow put garbage: destination.url: empty");
  rogue_.destination.url = Str("https://o.example/\r\nX: y");
  EXPECT_EQ(follow(), "rogue: manifest.follow put garbage: destination.url: a control character");
  rogue_.destination.struct_size = 8;
  EXPECT_EQ(follow(), "rogue: manifest.follow put garbage: destination: struct_size 8 (want at least 24)");
}

TEST_F(GarbageTest, ARewriterOfTheFirstReleaseFollowsNothing) {
  auto table = kFollowing;
  table.struct_size = offsetof(sluice_manifest_table, follow);
  EXPECT_EQ(Make<ManifestRewriter>(&table)->Follow(call_, {.url = "https://o.example/", .query = "a"})->url,
            "https://o.example/");
  table = kFollowing;
  table.follow = nullptr;
  EXPECT_EQ(Make<ManifestRewriter>(&table)->Follow(call_, {.url = "https://o.example/", .query = "a"})->url,
            "https://o.example/");
}

TEST_F(GarbageTest, AFindingSaysWhatIsWrong) {
  struct Nobody final : FindingSink {
    bool Put(const ManifestFinding&) override { return true; }
  } nobody;
  const auto check = [&] {
    auto checked = Make<ManifestRewriter>(&kFollowing)->Check(call_, {.text = {}}, nobody);
    return checked ? std::string("ok") : checked.error().message;
  };
  rogue_.finding = {.struct_size = sizeof(sluice_manifest_finding), .reserved = 0, .line = 1, .rule = {}, .text = {}};
  EXPECT_EQ(check(), "rogue: manifest.check put garbage: finding.text: empty");
  rogue_.finding.text = Str("want more");
  EXPECT_EQ(check(), "ok");
  rogue_.finding.struct_size = 8;
  EXPECT_EQ(check(), "rogue: manifest.check put garbage: finding: struct_size 8 (want at least 48)");

  auto table = kFollowing;
  table.struct_size = offsetof(sluice_manifest_table, check);
  EXPECT_TRUE(Make<ManifestRewriter>(&table)->Check(call_, {.text = {}}, nobody));
}

TEST_F(GarbageTest, AFilterCannotSmuggleThroughItsEdits) {
  rogue_.on_request = [](sluice_head_edit edit, sluice_reply_sink, sluice_error*) -> sluice_status {
    edit.set(edit.ctx, Str("X-A"), Str("a\nX-Evil: 1"));
    edit.remove(edit.ctx, {nullptr, 3});
    return SLUICE_OK;
  };

  auto reply = Make<Filter>(&kFilter)->OnRequest(call_, {}, taker_);

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "rogue: filter.on_request put garbage: header: a value with a line break or NUL");
  EXPECT_EQ(got_.str(), "");
}

TEST_F(GarbageTest, AReplyNeedsAStatusOfHttp) {
  rogue_.on_request = [](sluice_head_edit, sluice_reply_sink out, sluice_error*) -> sluice_status {
    sluice_reply reply{};
    reply.struct_size = sizeof(reply);
    reply.status = 1000;
    out.put(out.ctx, &reply);
    return SLUICE_OK;
  };

  auto reply = Make<Filter>(&kFilter)->OnRequest(call_, {}, taker_);

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "rogue: filter.on_request put garbage: reply.status: 1000 (want 200 to 599)");
}

TEST_F(GarbageTest, AFilterOfNoStepsLetsEverythingPass) {
  auto filter = Make<Filter>(&kNoFilter);

  auto reply = filter->OnRequest(call_, {}, taker_);
  auto body = filter->OpenBody(call_, {});

  ASSERT_TRUE(reply);
  EXPECT_FALSE(*reply);
  EXPECT_TRUE(filter->OnResponse(call_, {}, taker_));
  ASSERT_TRUE(body);
  EXPECT_EQ(*body, nullptr);
  EXPECT_FALSE(filter->LengthPreserving());
}

TEST_F(GarbageTest, ABodyIsClosedOnceAndWritesUnderACallOfItsOwn) {
  rogue_.body_write = [](sluice_byte_sink next) -> sluice_status {
    return next.put(next.ctx, {reinterpret_cast<const uint8_t*>("ab"), 2}) == 0 ? 0U : 99U;
  };
  auto filter = Make<Filter>(&kFilter);
  {
    auto body = filter->OpenBody(call_, {});
    ASSERT_TRUE(body);

    EXPECT_TRUE((*body)->Write({}, taker_));
  }
  filter.reset();

  EXPECT_EQ(got_.str(), "write ab\n");
  EXPECT_EQ(rogue_.closed, 1);
  EXPECT_EQ(rogue_.destroyed, 1);
}

}  // namespace
}  // namespace sluice::sdk::abi_test
