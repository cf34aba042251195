// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeLinks and FakeMinter: links that a test can read back.

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/services.hpp>

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
                          std::to_string(kind) + ' ' + std::to_string(link.ttl.count());
    const auto [found, fresh] = numbers_.try_emplace(identity, links_.size());
    if (fresh) links_.push_back(std::move(link));
    return "/link/" + std::to_string(found->second) + "?kind=" + (kind < kKinds.size() ? kKinds[kind] : "unknown");
  }
  std::optional<MintedLink> Decode(std::string_view text) const {
    constexpr std::string_view kPrefix = "/link/";
    if (!text.starts_with(kPrefix)) return std::nullopt;
    const auto digits = text.substr(kPrefix.size(), text.find('?') - kPrefix.size());
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
  mutable std::mutex mutex_;
  std::vector<MintedLink> links_;
  std::map<std::string, std::size_t> numbers_;
};

inline bool IsHttp(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }
}  // namespace internal

/// "sluice.links/1" for tests. Every pipeline is known until one is added. Threads: [any].
class FakeLinks final : public LinksService {
 public:
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
  std::vector<MintedLink> minted() const { return book_.minted(); }

 private:
  internal::LinkBook book_;
  std::mutex mutex_;
  std::set<std::string> pipelines_;
};

/// The minter that a rewriter is given. Proxies http, https and file; leaves other schemes. Threads: [any].
class FakeMinter final : public LinkMinter {
 public:
  std::string Proxied(std::string_view absolute_url, LinkKind kind) override {
    if (!internal::IsHttp(absolute_url) && !absolute_url.starts_with("file:///")) return std::string(absolute_url);
    return book_.Mint({.url = std::string(absolute_url), .kind = kind});
  }
  std::optional<MintedLink> Decode(std::string_view link) const { return book_.Decode(link); }
  std::vector<MintedLink> minted() const { return book_.minted(); }

 private:
  internal::LinkBook book_;
};

}  // namespace sluice::sdk::testing
