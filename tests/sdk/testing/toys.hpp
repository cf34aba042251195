// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A small component of each kind that keeps every rule, or breaks the one that its configuration names.

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <sluice/sdk/plugin.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::sdk::testing {

inline constexpr char kToyUpstream[] = "https://upstream.example/";

/// What the toys share: the fault, and an upstream that each call asks when it is configured.
template <typename Self, typename Interface>
class Toy : public Interface {
 public:
  static constexpr ComponentInfo kInfo{.type = "toy", .summary = "For tests", .config_schema = R"({
    "type": "object", "additionalProperties": false, "properties": {
      "fault": {"type": "string", "default": ""}, "upstream": {"type": "boolean", "default": false}}})"};

  static Result<std::unique_ptr<Self>> Create(Host host, const Config& config) {
    if (config.String("/fault") == "create")
      return Error{
          .code = Errc::kInvalidArgument, .message = "/fault: as asked", .retry_after = std::chrono::seconds(2)};
    auto made = std::make_unique<Self>();
    made->host_ = std::make_unique<Host>(std::move(host));
    made->fault_ = config.String("/fault");
    made->upstream_ = config.Bool("/upstream");
    return made;
  }

 protected:
  bool Breaks(std::string_view rule) const { return fault_ == rule; }
  Host& host() const { return *host_; }
  /// Asks the upstream, as far as there is one.
  Status Ask(const Call& call) const {
    if (Breaks("throw")) throw std::runtime_error("out of order");
    if (!upstream_) return Ok();
    auto answer = host_->http().Send(call, {.url = kToyUpstream});
    if (answer) return Ok();
    if (Breaks("code")) return Error{.code = Errc::kUpstreamFailed, .message = answer.error().message};
    return answer.error();
  }
  static Error Fail(Errc code, std::string message) { return {.code = code, .message = std::move(message)}; }

 private:
  std::unique_ptr<Host> host_;
  std::string fault_;
  bool upstream_ = false;
};

struct ToyAuth final : Toy<ToyAuth, AuthBackend> {
  Result<std::optional<Principal>> Authenticate(const Call& call, const Credentials& given) override {
    if (auto asked = Ask(call); !asked) {
      if (Breaks("open")) return std::optional<Principal>({.subject = "anybody"});
      return asked.error();
    }
    if (Breaks("log")) host().Log(LogLevel::kInfo, "asked", {{"secret", given.secret}});
    if (Breaks("message") && given.secret != "right")
      return Fail(Errc::kUnauthenticated, "bad " + std::string(given.secret));
    if (given.secret != "right" && !Breaks("all")) return std::optional<Principal>();
    return std::optional<Principal>({.subject = Breaks("subject") ? "user:right" : "user:1"});
  }
};

struct ToyStore final : Toy<ToyStore, Store> {
  static constexpr std::string_view kHash = "1111111111111111111111111111111111111111";

  Result<Account> GetAccount(const Call& call, const StoreUser& user) override {
    if (auto asked = Ask(call); !asked) return asked.error();
    return Account{.id = Breaks("token") ? std::string(user.token) : "account"};
  }
  Status Check(const Call& call, const StoreUser&, Content content, std::span<const std::string_view> hashes,
               ItemSink& sink) override {
    if (content != Content::kTorrent && !Breaks("content")) return Fail(Errc::kUnsupported, "torrents only");
    if (auto asked = Ask(call); !asked) return asked;
    if (Breaks("limit") && hashes.size() > 100) return Fail(Errc::kInvalidArgument, "at most 100 hashes");
    for (const auto hash : hashes) {
      if (hash != kHash && !Breaks("greedy")) continue;
      if (!sink.Put({.hash = std::string(hash), .state = ItemState::kCached})) break;
      if (Breaks("twice")) sink.Put({.hash = std::string(hash), .state = ItemState::kCached});
    }
    return Ok();
  }
  Result<Item> Add(const Call& call, const StoreUser&, const StoreOrder& order) override {
    if (order.content != Content::kTorrent || !order.file.empty()) return Fail(Errc::kUnsupported, "magnets only");
    if (auto asked = Ask(call); !asked) return asked.error();
    if (order.uri != "magnet:?xt=urn:btih:" + std::string(kHash) && !Breaks("magnet")) {
      return Error{.code = Errc::kInvalidArgument,
                   .message = "magnet: want one with an info hash",
                   .reason = Breaks("reason") ? Reason::kNone : Reason::kInvalidMagnet};
    }
    const std::lock_guard lock(mutex_);
    held_ = true;
    return Made(Breaks("again") ? std::to_string(++added_) : "item");
  }
  Result<Item> Get(const Call& call, const StoreUser&, std::string_view id) override {
    if (auto asked = Ask(call); !asked) return asked.error();
    const std::lock_guard lock(mutex_);
    if (Breaks("unknown")) return Fail(Errc::kInternal, "no row");
    if (!held_ || id != "item") return Fail(Errc::kNotFound, "no such item");
    return Made("item");
  }
  Result<std::uint64_t> List(const Call& call, const StoreUser&, const StorePage& page, ItemSink& sink) override {
    if (page.content != Content::kTorrent) return Fail(Errc::kUnsupported, "torrents only");
    if (auto asked = Ask(call); !asked) return asked.error();
    const std::lock_guard lock(mutex_);
    if (held_ && (page.offset == 0 || Breaks("offset")) && !Breaks("list")) sink.Put(Made("item"));
    return std::uint64_t{held_ && !Breaks("total") ? 1U : 0U};
  }
  Status Remove(const Call& call, const StoreUser&, std::string_view id) override {
    if (auto asked = Ask(call); !asked) return asked;
    const std::lock_guard lock(mutex_);
    if (!held_ || id != "item") return Fail(Errc::kNotFound, "no such item");
    held_ = Breaks("keep");
    return Ok();
  }
  Result<Source> Link(const Call& call, const StoreUser& user, std::string_view id, std::string_view file) override {
    if (auto asked = Ask(call); !asked) return asked.error();
    if (id != "item" || (file != "0" && !Breaks("file"))) return Fail(Errc::kNotFound, "no such file");
    return Source{.url = Breaks("url") ? "/relative"
                                       : "https://cdn.example/0" + (Breaks("leak") ? std::string(user.token) : "")};
  }

 private:
  static Item Made(std::string id) {
    return {.id = std::move(id),
            .hash = std::string(kHash),
            .state = ItemState::kReady,
            .files = {{.path = "a.mkv", .id = "0"}}};
  }
  std::mutex mutex_;
  bool held_ = false;
  int added_ = 0;
};

struct ToyIndexer final : Toy<ToyIndexer, Indexer> {
  Status Search(const Call& call, const IndexerUser&, const Query& query, ReleaseSink& sink) override {
    if (auto asked = Ask(call); !asked) return asked;
    if (query.text.empty() && query.imdb_id.empty() && !Breaks("empty"))
      return Fail(Errc::kInvalidArgument, "query: want text or imdb_id");
    for (std::uint32_t i = 0; i < (Breaks("limit") ? 3 : std::min(query.limit, 3U)); ++i)
      if (!sink.Put({.title = "A film", .info_hash = Breaks("hash") ? "ABC" : std::string(40, 'a'), .indexer = "toys"}))
        break;
    return Ok();
  }
};

struct ToyManifest final : Toy<ToyManifest, ManifestRewriter> {
  bool Accepts(const ManifestProbe& probe) const noexcept override {
    return Breaks("greedy") || probe.content_type == "text/uri-list";
  }
  Result<RewrittenManifest> Rewrite(const Call& call, const Manifest& manifest, LinkMinter& links) const override {
    if (auto asked = Ask(call); !asked) return asked.error();
    if (!manifest.text.starts_with("#") && !Breaks("html")) return Fail(Errc::kUpstreamFailed, "no list");
    std::string out;
    for (auto rest = manifest.text; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const auto base = Breaks("relative") ? "" : "https://origin.example/";
      out += line.empty() || line.starts_with('#') ? std::string(line)
                                                   : links.Proxied(base + std::string(line), LinkKind::kSegment);
      if (Breaks("random")) out += std::to_string(reinterpret_cast<std::uintptr_t>(&links));
      out += Breaks("crlf") ? "\r\n" : "\n";
    }
    return RewrittenManifest{.text = out, .content_type = "text/uri-list"};
  }
};

struct ToyMedia final : Toy<ToyMedia, MediaBackend> {
  Status Browse(const Call& call, const Principal&, std::string_view parent, MediaSink& sink) override {
    if (auto asked = Ask(call); !asked) return asked;
    if (!parent.empty() && !Breaks("parent")) return Fail(Errc::kNotFound, "no such folder");
    for (const char* id : {"a", "b"})
      if (!sink.Put({.id = id, .title = Breaks("title") ? "" : id, .kind = "video"})) break;
    return Ok();
  }
  Result<Source> Resolve(const Call& call, const Principal&, std::string_view id, std::string_view) override {
    if (auto asked = Ask(call); !asked) return asked.error();
    if (id != "a" && !(Breaks("hostile") && id.size() > 10)) return Fail(Errc::kNotFound, "no such item");
    return Source{.url = "https://media.example/a", .headers = {{"X-Key", "k"}}};
  }
  Result<Source> ResolveChild(const Call&, const Principal&, const Child& child) override {
    Source source{.url = std::string(child.url)};
    if (Breaks("child") || child.url.starts_with("https://media.example/")) source.headers = {{"X-Key", "k"}};
    return source;
  }
  Status Report(const Call&, const Principal&, std::string_view, PlaybackEvent, std::chrono::milliseconds) override {
    return Fail(Breaks("report") ? Errc::kNotFound : Errc::kUnsupported, "remembers nothing");
  }
};

struct ToyResolver final : Toy<ToyResolver, Resolver> {
  Result<Source> Resolve(const Call& call, const RequestHead& head) override {
    if (auto asked = Ask(call); !asked) return asked.error();
    if (head.path.find("..") != std::string_view::npos || head.path.find_first_of(" \r\n") != std::string_view::npos)
      return Fail(Breaks("internal") ? Errc::kInternal : Errc::kInvalidArgument, "path: want none with dots");
    return Source{.url = (Breaks("url") ? "" : "https://origin.example") + std::string(head.path)};
  }
};

struct ToyEndpoint final : Toy<ToyEndpoint, Endpoint> {
  std::vector<Route> Routes() const override {
    return {{.method = Breaks("method") ? "get" : "GET", .path_template = Breaks("route") ? "hello" : "/hello"}};
  }
  Result<std::optional<Source>> Handle(const Call& call, std::size_t, const RequestHead&, std::span<const std::byte>,
                                       ResponseWriter& response) override {
    if (auto asked = Ask(call); !asked) return asked.error();
    if (Breaks("silent")) return std::optional<Source>();
    const Header headers[] = {{Breaks("framing") ? "Connection" : "Content-Type", "text/plain"}};
    if (auto started = response.Start(200, headers); !started && !Breaks("deaf")) return started.error();
    for (int i = 0; i < 3; ++i)
      if (auto written = response.Write(AsBytes("hello")); !written && !Breaks("deaf")) return written.error();
    if (Breaks("both")) return std::optional<Source>({.url = "https://a.example/"});
    return std::optional<Source>();
  }
};

struct ToyFilter final : Toy<ToyFilter, Filter> {
  struct Upper final : BodyTransform {
    explicit Upper(bool per_chunk, bool longer) : stamps(per_chunk), grows(longer) {}
    Status Write(std::span<const std::byte> chunk, ByteSink& next) override {
      std::string text(reinterpret_cast<const char*>(chunk.data()), chunk.size());
      for (auto& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      return next.Write(AsBytes(stamps ? text + "|" : text));
    }
    Status Finish(ByteSink& next) override { return grows ? next.Write(AsBytes("!")) : Ok(); }
    const bool stamps, grows;
  };

  Result<std::optional<Reply>> OnRequest(const Call& call, const RequestHead&, HeadEdit& edit) override {
    if (auto asked = Ask(call); !asked) return asked.error();
    edit.Set("X-Toy", "1");
    return std::optional<Reply>();
  }
  Status OnResponse(const Call&, const ResponseHead&, HeadEdit& edit) override {
    if (Breaks("framing")) edit.Set("Connection", "close");
    return Ok();
  }
  Result<std::unique_ptr<BodyTransform>> OpenBody(const Call&, const ResponseHead&) override {
    return std::unique_ptr<BodyTransform>(std::make_unique<Upper>(Breaks("pieces"), Breaks("length")));
  }
  bool LengthPreserving() const noexcept override { return true; }
};

}  // namespace sluice::sdk::testing
