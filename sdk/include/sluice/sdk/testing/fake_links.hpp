// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeLinks and FakeMinter: links that a test can read back.

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/services.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::sdk::testing {

/// What a link was minted for.
struct MintedLink {
  std::string url;
  LinkKind kind = LinkKind::kSegment;
  std::string pipeline{}, context{}, subject{};  ///< Empty in links of a FakeMinter.
  std::chrono::seconds ttl{};                    ///< Zero in links of a FakeMinter.
  // What LinkMinter::Link adds.
  std::string note{}, extension{};
  bool is_template = false;  ///< Then `url` is a URL template, and `variants` are (RepresentationID, bandwidth).
  std::vector<std::pair<std::string, std::uint64_t>> variants{};
  bool operator==(const MintedLink&) const = default;
};

namespace internal {
/// Numbers what it is given; the same gets the same number. Threads: [any].
class LinkBook {
 public:
  /// "/link/<n>?kind=<kind>": the target is not in it, as it is not in a real link.
  std::string Mint(MintedLink link) {
    static constexpr std::array kKinds{"manifest", "segment", "init", "key", "subtitle", "image", "data"};
    const auto kind = static_cast<std::size_t>(link.kind);
    const std::lock_guard lock(mutex_);
    const auto identity = link.url + '\n' + link.pipeline + '\n' + link.context + '\n' + link.subject + '\n' +
                          std::to_string(kind) + ' ' + std::to_string(link.ttl.count()) + '\n' + link.note + '\n' +
                          link.extension + VariantsOf(link);
    const auto [found, fresh] = numbers_.try_emplace(identity, links_.size());
    const auto fill = link.is_template ? "/" + UrlTemplate::Parse(link.url)->Placeholders() : std::string();
    if (fresh) links_.push_back(std::move(link));
    return "/link/" + std::to_string(found->second) + fill +
           "?kind=" + (kind < kKinds.size() ? kKinds[kind] : "unknown");
  }
  std::optional<MintedLink> Decode(std::string_view text) const {
    constexpr std::string_view kPrefix = "/link/";
    if (!text.starts_with(kPrefix)) return std::nullopt;
    const auto digits = text.substr(kPrefix.size(), text.find_first_of("/?", kPrefix.size()) - kPrefix.size());
    const std::lock_guard lock(mutex_);
    std::size_t number = links_.size();
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (number >= links_.size()) return std::nullopt;
    return links_[number];
  }
  std::vector<MintedLink> minted() const {
    const std::lock_guard lock(mutex_);
    return links_;
  }

 private:
  static std::string VariantsOf(const MintedLink& link) {
    std::string out = link.is_template ? "\ntemplate" : "";
    for (const auto& [id, bandwidth] : link.variants) out += "\n" + id + " " + std::to_string(bandwidth);
    return out;
  }

  mutable std::mutex mutex_;
  std::vector<MintedLink> links_;
  std::map<std::string, std::size_t> numbers_;
};

inline bool IsHttp(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }
}  // namespace internal

/// "sluice.links/1" for tests. Every pipeline is known until one is added. Threads: [any].
class FakeLinks final : public LinksService {
 public:
  /// From now on pipelines that were not added are kNotFound.
  void AddPipeline(std::string name) {
    const std::lock_guard lock(mutex_);
    pipelines_.insert(std::move(name));
  }
  Result<std::string> Mint(std::string_view pipeline, std::string_view url, LinkKind kind, std::string_view context,
                           std::string_view subject, std::chrono::seconds ttl) override {
    {
      const std::lock_guard lock(mutex_);
      if (!pipelines_.empty() && !pipelines_.contains(std::string(pipeline)))
        return Error{.code = Errc::kNotFound, .message = "no pipeline " + std::string(pipeline)};
    }
    if (!internal::IsHttp(url) && !url.starts_with("file:///"))
      return Error{.code = Errc::kInvalidArgument, .message = "url: want http, https or file"};
    return book_.Mint({std::string(url), kind, std::string(pipeline), std::string(context), std::string(subject), ttl});
  }
  /// What `link` was minted for; nothing when it was not minted here.
  std::optional<MintedLink> Decode(std::string_view link) const { return book_.Decode(link); }
  /// All that were, the same ones once, the oldest first.
  std::vector<MintedLink> minted() const { return book_.minted(); }

 private:
  internal::LinkBook book_;
  std::mutex mutex_;
  std::set<std::string> pipelines_;
};

/// The minter that a rewriter is given. Proxies http, https and file; leaves other schemes. A template's link is
/// "/link/<n>/$Number$?kind=segment". Threads: [any].
class FakeMinter final : public LinkMinter {
 public:
  std::string Proxied(std::string_view absolute_url, LinkKind kind) override {
    if (!internal::IsHttp(absolute_url) && !absolute_url.starts_with("file:///")) return std::string(absolute_url);
    return book_.Mint({.url = std::string(absolute_url), .kind = kind});
  }
  Result<std::string> Link(const LinkOrder& order) override {
    if (!internal::IsHttp(order.url) && !order.url.starts_with("file:///")) return std::string(order.url);
    MintedLink link{.url = std::string(order.url),
                    .kind = order.kind,
                    .note = std::string(order.note),
                    .extension = std::string(order.extension),
                    .is_template = order.is_template};
    if (!order.is_template) return book_.Mint(std::move(link));
    const auto parsed = UrlTemplate::Parse(order.url);
    if (!parsed) return parsed.error();
    for (const auto& variant : order.variants) {
      if (parsed->Uses(TemplateField::kRepresentationId) && !IsPlainRepresentationId(variant.representation_id))
        return Error{.code = Errc::kInvalidArgument, .message = "variants: want ids that can stand in a path"};
      link.variants.emplace_back(variant.representation_id, variant.bandwidth);
    }
    return book_.Mint(std::move(link));
  }
  /// As FakeLinks::Decode.
  std::optional<MintedLink> Decode(std::string_view link) const { return book_.Decode(link); }
  /// All that were, the same ones once, the oldest first.
  std::vector<MintedLink> minted() const { return book_.minted(); }

 private:
  internal::LinkBook book_;
};

/// What manifests refer to, by URL: whole bodies, of which the part that was asked for is handed out. Threads: one.
class FakeReferences final : public ReferenceFetcher {
 public:
  FakeReferences& Hold(std::string url, std::string body) {
    return Answer(std::move(url), {.status = 200, .body = std::move(body)});
  }
  /// Handed out as it is, unless its status is 200.
  FakeReferences& Answer(std::string url, HttpResponse response) {
    if (response.url.empty()) response.url = url;
    held_.insert_or_assign(std::move(url), std::move(response));
    return *this;
  }
  /// What was asked: "https://a.example/x 100+50"; "+0" is to the end.
  const std::vector<std::string>& asked() const { return asked_; }

  Result<HttpResponse> Fetch(const Reference& reference) override {
    asked_.push_back(std::string(reference.url) + " " + std::to_string(reference.offset) + "+" +
                     std::to_string(reference.length));
    const auto found = held_.find(std::string(reference.url));
    if (found == held_.end())
      return Error{.code = Errc::kUpstreamFailed, .message = "nothing held for " + std::string(reference.url)};
    auto response = found->second;
    if (response.status == 200 && (reference.offset > 0 || reference.length > 0)) {
      const auto offset = std::min<std::uint64_t>(reference.offset, response.body.size());
      response.body = response.body.substr(offset, reference.length == 0 ? std::string::npos : reference.length);
      response.status = 206;
    }
    if (response.body.size() > reference.max_bytes)
      return Error{.code = Errc::kUpstreamFailed, .message = "body is longer than max_bytes"};
    return response;
  }

 private:
  std::map<std::string, HttpResponse> held_;
  std::vector<std::string> asked_;
};

}  // namespace sluice::sdk::testing
