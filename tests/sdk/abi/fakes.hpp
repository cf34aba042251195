// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// One fake per kind. Each writes what it saw and answers from a script, so that a test can run the same steps on the
/// fake itself and on the fake behind its C table, and compare both transcripts.

#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/media.hpp>
#include <sluice/sdk/resolver.hpp>
#include <sluice/sdk/store.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace sluice::sdk::abi_test {

/// How every fake of a test answers, and what was seen so far.
struct Script {
  std::optional<Error> fail;     ///< Answered by every method that can.
  std::function<void()> before;  ///< Runs first in every method; may throw.
  bool empty = false;            ///< Answers have empty texts and lists.
  std::size_t many = 3;          ///< How many values a sink is offered.
  std::ostringstream seen;

  /// \returns  the scripted error, if any.
  std::optional<Error> Enter(const Call& call, std::string_view method) {
    seen << method << " id=" << call.request_id() << " ip=" << call.client_ip() << " trace=" << call.traceparent()
         << " cancelled=" << call.cancelled() << " deadline=" << call.deadline().time_since_epoch().count() << '\n';
    if (before) before();
    return fail;
  }
  std::string Text(std::string text) const { return empty ? std::string() : std::move(text); }
};

inline void Show(std::ostream& out, const Principal* who) {
  if (who == nullptr) {
    out << "nobody\n";
    return;
  }
  out << "who=" << who->subject << " until=" << who->expires_at.time_since_epoch().count()
      << " session=" << who->session << " scopes";
  for (const auto& scope : who->scopes) out << '|' << scope;
  for (const auto& g : who->grants)
    out << " grant=" << g.store << ',' << g.key << ',' << g.key_id << ',' << g.expires_at.time_since_epoch().count();
  out << '\n';
}
template <typename Fields>
void ShowFields(std::ostream& out, const Fields& fields) {
  for (const auto& field : fields) out << " [" << field.name << ": " << field.value << ']';
  out << '\n';
}
inline void Show(std::ostream& out, const RequestHead& head) {
  out << head.method << ' ' << head.path << '?' << head.query << " headers";
  ShowFields(out, head.headers);
  out << "params";
  ShowFields(out, head.params);
  Show(out, head.principal);
}
inline void Show(std::ostream& out, const ResponseHead& head) {
  out << head.status << ' ' << head.url;
  ShowFields(out, head.headers);
}
inline void Show(std::ostream& out, const Child& child) {
  out << "child=" << child.url << ' ' << child.context << ' ' << static_cast<unsigned>(child.kind) << '\n';
}
inline void Show(std::ostream& out, const Source& source) {
  out << "source=" << source.url << " until=" << source.expires_at.time_since_epoch().count()
      << " ranges=" << source.ranges << " context=" << source.context;
  if (const auto& usage = source.usage) {
    out << " usage=" << usage->backend << ',' << usage->subject << ',' << usage->key_id << ',' << usage->action << ','
        << usage->hash << ',' << usage->cached << ',' << usage->bytes;
  }
  ShowFields(out, source.headers);
}
inline void Show(std::ostream& out, const Error& error) {
  out << "error=" << static_cast<unsigned>(error.code) << ' ' << error.message << ' ' << error.retry_after.count()
      << ' ' << error.upstream_status << ' ' << static_cast<unsigned>(error.reason) << '\n';
}
inline void Show(std::ostream& out, const Item& item) {
  out << "item=" << item.id << ' ' << item.hash << ' ' << item.name << ' ' << static_cast<unsigned>(item.state) << ' '
      << item.size_bytes << ' ' << static_cast<unsigned>(item.content) << ' ' << item.is_private << ' '
      << item.added_at.time_since_epoch().count();
  for (const auto& file : item.files)
    out << " file=" << file.index << ',' << file.path << ',' << file.size_bytes << ',' << file.id << ','
        << file.video_hash;
  out << '\n';
}

inline Source SomeSource(const Script& script) {
  Source source{.url = "https://cdn.example/a b?x=1",
                .headers = {},
                .expires_at = Seconds(std::chrono::seconds(1'900'000'000)),
                .ranges = false,
                .context = script.Text(std::string("c\0d", 3))};
  if (!script.empty) {
    source.headers = {{"Cookie", "k=v"}, {"X-Empty", ""}};
    source.usage = Usage{.backend = "pool",
                         .subject = "user:42",
                         .key_id = "k1",
                         .action = "stream-served",
                         .hash = "abc",
                         .cached = true,
                         .bytes = 7};
  }
  return source;
}

class FakeAuth final : public AuthBackend {
 public:
  explicit FakeAuth(Script& script) : script_(script) {}
  Result<std::optional<Principal>> Authenticate(const Call& call, const Credentials& c) override {
    auto fail = script_.Enter(call, "authenticate");
    script_.seen << c.scheme << '|' << c.user << '|' << c.secret << '|' << c.client_ip << '|' << c.user_agent << '|'
                 << c.action << '|' << c.hash << '\n';
    if (fail) return *fail;
    if (c.secret == "not mine") return std::optional<Principal>();
    Principal who{.subject = script_.Text("user:42"), .scopes = {}, .expires_at = {}, .grants = {}};
    if (!script_.empty) {
      who.scopes = {"play", "", "admin"};
      who.expires_at = Seconds(std::chrono::seconds(-5));
      who.session = "0123456789abcdef";
      for (int i = 0; i < 6; ++i)
        who.grants.push_back({"torbox", "key" + std::to_string(i), "id", Seconds(std::chrono::seconds(i))});
    }
    return std::optional<Principal>(who);
  }
  AuthInterests Interests() const noexcept override { return {.usage = true, .revocations = true}; }
  Status ReportUsage(const Call& call, std::span<const UsageRecord> records) override {
    auto fail = script_.Enter(call, "report_usage");
    for (const auto& r : records) {
      script_.seen << r.id << '|' << r.subject << '|' << r.key_id << '|' << r.action << '|' << r.hash << '|' << r.cached
                   << '|' << r.bytes << '|' << r.at.time_since_epoch().count() << '\n';
    }
    return fail ? Status(*fail) : Ok();
  }
  Status Watch(const Call& call, RevocationSink& out) override {
    auto fail = script_.Enter(call, "watch");
    for (std::size_t i = 0; i < script_.many && out.Put("user:" + std::to_string(i), i % 2 == 0); ++i) continue;
    return fail ? Status(*fail) : Ok();
  }

 private:
  Script& script_;
};

class FakeStore final : public Store {
 public:
  explicit FakeStore(Script& script) : script_(script) {}
  Result<Account> GetAccount(const Call& call, const StoreUser& user) override {
    if (auto fail = Enter(call, user, "get_account")) return *fail;
    return Account{.id = script_.Text("a1"),
                   .plan = script_.empty ? Plan::kExpired : Plan::kPremium,
                   .expires_at = Seconds(std::chrono::seconds(7)),
                   .email = script_.Text("a@b.example")};
  }
  StoreTraits Traits() const noexcept override {
    return {
        .torrents = script_.empty, .usenet = true, .checks = false, .torrent_files = true, .trusted = script_.empty};
  }
  Status Check(const Call& call, const StoreUser& user, Content content, std::span<const std::string_view> hashes,
               ItemSink& sink) override {
    auto fail = Enter(call, user, "check");
    script_.seen << static_cast<unsigned>(content) << ' ' << hashes.size() << " hashes";
    for (const auto hash : hashes) script_.seen << ' ' << hash;
    script_.seen << '\n';
    PutAll(sink);
    return fail ? Status(*fail) : Ok();
  }
  Result<Item> Add(const Call& call, const StoreUser& user, const StoreOrder& order) override {
    auto fail = Enter(call, user, "add");
    script_.seen << static_cast<unsigned>(order.content) << ' ' << order.uri << ' ' << order.file.size() << ' '
                 << order.name << '\n';
    if (fail) return *fail;
    return SomeItem(0);
  }
  Result<Item> Get(const Call& call, const StoreUser& user, std::string_view id) override {
    auto fail = Enter(call, user, "get");
    script_.seen << id << '\n';
    if (fail) return *fail;
    return SomeItem(1);
  }
  Result<std::uint64_t> List(const Call& call, const StoreUser& user, const StorePage& page, ItemSink& sink) override {
    auto fail = Enter(call, user, "list");
    script_.seen << static_cast<unsigned>(page.content) << ' ' << page.offset << '+' << page.limit << '\n';
    PutAll(sink);
    if (fail) return *fail;
    return std::uint64_t{77};
  }
  Status Remove(const Call& call, const StoreUser& user, std::string_view id) override {
    auto fail = Enter(call, user, "remove");
    script_.seen << id << '\n';
    return fail ? Status(*fail) : Ok();
  }
  Result<Source> Link(const Call& call, const StoreUser& user, std::string_view id, std::string_view file) override {
    auto fail = Enter(call, user, "link");
    script_.seen << id << '#' << file << '\n';
    if (fail) return *fail;
    return SomeSource(script_);
  }

 private:
  std::optional<Error> Enter(const Call& call, const StoreUser& user, std::string_view method) {
    script_.seen << user.token << '@' << user.client_ip << ' ';
    return script_.Enter(call, method);
  }
  Item SomeItem(std::size_t i) const {
    Item item{.id = script_.Text("i" + std::to_string(i)),
              .hash = script_.Text(std::string(40, 'a')),
              .name = script_.Text("Größe ∞"),
              .state = static_cast<ItemState>(i % 9),
              .size_bytes = script_.empty ? 0 : ~std::uint64_t{0},
              .files = {},
              .content = static_cast<Content>(i % 3),
              .is_private = i % 2 == 1,
              .added_at = Seconds(std::chrono::seconds(i))};
    for (std::uint32_t f = 0; !script_.empty && f < i % (script_.many > 100 ? 2 : 40); ++f)
      item.files.push_back(
          {.index = f, .path = "d/" + std::to_string(f), .size_bytes = f, .id = std::to_string(f), .video_hash = "8e"});
    return item;
  }
  void PutAll(ItemSink& sink) const {
    for (std::size_t i = 0; i < script_.many && sink.Put(SomeItem(i)); ++i) {
    }
  }
  Script& script_;
};

class FakeIndexer final : public Indexer {
 public:
  explicit FakeIndexer(Script& script) : script_(script) {}
  Status Search(const Call& call, const IndexerUser& user, const Query& query, ReleaseSink& sink) override {
    auto fail = script_.Enter(call, "search");
    script_.seen << query.text << '|' << query.imdb_id << '|' << (query.season ? int(*query.season) : -1) << '|'
                 << (query.episode ? int(*query.episode) : -1) << '|' << query.limit << '|'
                 << static_cast<unsigned>(query.kind) << '|' << query.year << '|' << user.url << '|' << user.key;
    for (const auto title : query.titles) script_.seen << '|' << title;
    script_.seen << '\n';
    for (std::size_t i = 0; i < script_.many; ++i) {
      const Release release{.title = script_.Text("t" + std::to_string(i)),
                            .info_hash = script_.Text(std::string(40, 'b')),
                            .magnet = script_.Text("magnet:?x"),
                            .size_bytes = i,
                            .seeders = 9,
                            .torrent_url = script_.Text("https://t.example/1"),
                            .indexer = script_.Text("somewhere"),
                            .published_at = Seconds(std::chrono::seconds(i)),
                            .is_private = i % 2 == 1,
                            .exact = i % 3 == 1};
      if (!sink.Put(release)) break;
    }
    return fail ? Status(*fail) : Ok();
  }

 private:
  Script& script_;
};

class FakeManifest final : public ManifestRewriter {
 public:
  explicit FakeManifest(Script& script) : script_(script) {}
  bool Accepts(const ManifestProbe& probe) const noexcept override {
    script_.seen << "accepts " << probe.content_type << '|' << probe.url << '|' << probe.first_bytes << '|'
                 << probe.note << '\n';
    return probe.first_bytes == "#EXTM3U";
  }
  Result<RewrittenManifest> Rewrite(const Call& call, const Manifest& manifest, LinkMinter& links) const override {
    auto fail = script_.Enter(call, "rewrite");
    script_.seen << manifest.text << '|' << manifest.base_url << '|' << manifest.content_type << '\n';
    if (fail) return *fail;
    RewrittenManifest out{.text = script_.Text("#EXTM3U\n"), .content_type = script_.Text("application/x-mpegurl")};
    for (unsigned kind = 0; !script_.empty && kind <= 6; ++kind)
      out.text += links.Proxied("https://o.example/" + std::to_string(kind), static_cast<LinkKind>(kind)) + "\n";
    AskMore(manifest, links, out.text);
    out.stable = !script_.empty;
    return out;
  }

  Result<Destination> Follow(const Call& call, const Followed& followed) const override {
    auto fail = script_.Enter(call, "follow");
    script_.seen << followed.url << '|' << followed.query << '|' << static_cast<unsigned>(followed.kind) << '|'
                 << followed.note << '|' << followed.minted << '\n';
    if (fail) return *fail;
    return Destination{.url = "https://o.example/f", .wait = std::chrono::milliseconds(1500)};
  }

  Status Check(const Call& call, const Manifest& manifest, FindingSink& findings) const override {
    auto fail = script_.Enter(call, "check");
    script_.seen << manifest.text << '|' << manifest.base_url << '|' << manifest.note << '\n';
    if (fail) return *fail;
    bool more = true;
    for (std::uint64_t line = 7; more && line < 10; ++line) {
      more = findings.Put({.line = line, .rule = script_.Text("BEP 3"), .text = "want more"});
      script_.seen << more << '\n';
    }
    return Ok();
  }

 private:
  /// Links that say more, and what the manifest refers to.
  static void AskMore(const Manifest& manifest, LinkMinter& links, std::string& out) {
    const std::vector<TemplateVariant> many(40, TemplateVariant{"v", 1'000'000'000'000U});
    for (const auto& order : {LinkOrder{.url = "https://o.example/$Number$",
                             .kind = LinkKind::kInit,
                             .note = "n\n",
                             .extension = "m4s",
                             .is_template = true,
                             .variants = many},
                              LinkOrder{.url = "https://o.example/"}, LinkOrder{.url = "refuse"}}) {
      const auto link = links.Link(order);
      out += link ? *link : link.error().message;
    }
    out += manifest.note;
    if (manifest.references == nullptr) return;
    for (const auto* url : {"https://o.example/sidx", "refuse"}) {
      const auto got = manifest.references->Fetch(
          {.url = url, .kind = LinkKind::kInit, .offset = 1, .length = 1ULL << 40U, .max_bytes = 7});
      out += got ? std::to_string(got->status) + got->url + got->headers.at(0).value + got->body : got.error().message;
    }
  }

  Script& script_;
};

class FakeMedia final : public MediaBackend {
 public:
  explicit FakeMedia(Script& script) : script_(script) {}
  Status Browse(const Call& call, const Principal& who, std::string_view parent_id, MediaSink& sink) override {
    auto fail = Enter(call, who, "browse");
    script_.seen << parent_id << '\n';
    for (std::size_t i = 0; i < script_.many; ++i) {
      const MediaItem item{.id = script_.Text(std::to_string(i)),
                           .title = script_.Text("title"),
                           .kind = script_.Text("movie"),
                           .duration = std::chrono::milliseconds(i * 1000)};
      if (!sink.Put(item)) break;
    }
    return fail ? Status(*fail) : Ok();
  }
  Result<Source> Resolve(const Call& call, const Principal& who, std::string_view item_id,
                         std::string_view device_profile_json) override {
    auto fail = Enter(call, who, "resolve");
    script_.seen << item_id << '|' << device_profile_json << '\n';
    if (fail) return *fail;
    return SomeSource(script_);
  }
  Result<Source> ResolveChild(const Call& call, const Principal& who, const Child& child) override {
    auto fail = Enter(call, who, "resolve_child");
    Show(script_.seen, child);
    if (fail) return *fail;
    return SomeSource(script_);
  }
  Status Report(const Call& call, const Principal& who, std::string_view item_id, PlaybackEvent event,
                std::chrono::milliseconds position) override {
    auto fail = Enter(call, who, "report");
    script_.seen << item_id << '|' << static_cast<unsigned>(event) << '|' << position.count() << '\n';
    return fail ? Status(*fail) : Ok();
  }

 private:
  std::optional<Error> Enter(const Call& call, const Principal& who, std::string_view method) {
    Show(script_.seen, &who);
    return script_.Enter(call, method);
  }
  Script& script_;
};

class FakeResolver final : public Resolver {
 public:
  explicit FakeResolver(Script& script) : script_(script) {}
  Result<Source> Resolve(const Call& call, const RequestHead& head) override {
    auto fail = script_.Enter(call, "resolve");
    Show(script_.seen, head);
    if (fail) return *fail;
    return SomeSource(script_);
  }
  Result<Source> ResolveChild(const Call& call, const RequestHead& head, const Child& child) override {
    auto fail = script_.Enter(call, "resolve_child");
    Show(script_.seen, head);
    Show(script_.seen, child);
    if (fail) return *fail;
    return SomeSource(script_);
  }

 private:
  Script& script_;
};

class FakeEndpoint final : public Endpoint {
 public:
  explicit FakeEndpoint(Script& script) : script_(script) {}
  std::vector<Route> Routes() const override {
    if (script_.empty) return {};
    return {{"GET", "/v1/{id}", "admin"}, {"POST", "/v1", ""}};
  }
  Result<std::optional<Source>> Handle(const Call& call, std::size_t route, const RequestHead& head,
                                       std::span<const std::byte> body, ResponseWriter& response) override {
    auto fail = script_.Enter(call, "handle");
    Show(script_.seen, head);
    script_.seen << "route " << route << " body "
                 << std::string_view(reinterpret_cast<const char*>(body.data()), body.size()) << '\n';
    if (fail) return *fail;
    if (route == 1) return std::optional<Source>(SomeSource(script_));
    const std::vector<Header> headers{{"Content-Type", "text/plain"}};
    if (auto started = response.Start(201, headers); !started) return std::move(started).error();
    for (std::size_t i = 0; i < script_.many; ++i)
      if (auto wrote = response.Write(AsBytes("chunk")); !wrote) return std::move(wrote).error();
    return std::optional<Source>();
  }

 private:
  Script& script_;
};

}  // namespace sluice::sdk::abi_test
