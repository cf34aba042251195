// SPDX-License-Identifier: MIT
#include "shelf.hpp"

#include <algorithm>
#include <cstddef>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "store/common/info_hash.hpp"

namespace sluice::plugins::shelf {
namespace {

using store::HashOfMagnet;
using store::NormalizeHash;

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

sdk::Error TorrentsOnly() { return {.code = sdk::Errc::kUnsupported, .message = "the shelf takes magnet URIs only"}; }

sdk::Error NotOnShelf() { return {.code = sdk::Errc::kNotFound, .message = "the item is not on the shelf"}; }

sdk::Status CheckCall(const sdk::Call& call) {
  if (call.cancelled()) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};
  if (call.expired()) return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "there is no time left"};
  return sdk::Ok();
}

/// Relative, and leads nowhere else when a player joins it to a folder.
bool IsRelativePath(std::string_view path) {
  if (path.empty() || path.find('\\') != std::string_view::npos) return false;
  while (true) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

Shelf::Shelf(sdk::Host host, std::string token, std::vector<Held> held)
    : host_(std::move(host)), token_(std::move(token)), held_(std::move(held)) {}

sdk::Result<std::string> Shelf::ReadUrl(const sdk::Config& config, const std::string& at) {
  auto text = config.String(at);
  const auto url = sdk::ParseUrl(text);
  if (!url) return Invalid(at + ": " + url.error().message);
  if (!url->http() && !(url->Is("file") && url->host.empty() && url->path.substr(0, 1) == "/")) {
    return Invalid(at + ": want an http, https or file URL");
  }
  return text;
}

sdk::Result<Shelf::Held> Shelf::ReadItem(const sdk::Config& config, const std::string& at) {
  const auto hash = NormalizeHash(config.String(at + "/hash"));
  if (!hash) return Invalid(at + "/hash: want 40 hex digits or 32 base32 characters");
  Held held;
  held.item.id = *hash;
  held.item.hash = *hash;
  held.item.name = config.String(at + "/name");
  held.item.state = sdk::ItemState::kReady;
  for (std::size_t i = 0, n = config.Size(at + "/files"); i < n; ++i) {
    const auto file_at = at + "/files/" + std::to_string(i);
    sdk::File file{.index = static_cast<std::uint32_t>(i),
                   .path = config.String(file_at + "/path"),
                   .size_bytes = config.Uint(file_at + "/size_bytes"),
                   .id = std::to_string(i)};
    if (!IsRelativePath(file.path)) return Invalid(file_at + "/path: want a relative path without dot segments");
    auto url = ReadUrl(config, file_at + "/url");
    if (!url) return url.error();
    held.item.size_bytes += file.size_bytes;
    held.item.files.push_back(std::move(file));
    held.urls.push_back(std::move(*url));
  }
  return held;
}

sdk::Result<std::unique_ptr<Shelf>> Shelf::Create(sdk::Host host, const sdk::Config& config) {
  auto token = std::string(sdk::TrimSpace(config.String("/token")));
  if (config.Has("/token") && token.empty()) return Invalid("/token: is empty; want a key, or leave it out");

  std::vector<Held> all;
  for (std::size_t i = 0, n = config.Size("/items"); i < n; ++i) {
    const auto at = "/items/" + std::to_string(i);
    auto held = ReadItem(config, at);
    if (!held) return held.error();
    const bool twice =
        std::any_of(all.begin(), all.end(), [&](const Held& other) { return other.item.id == held->item.id; });
    if (twice) return Invalid(at + "/hash: is on the shelf already");
    all.push_back(std::move(*held));
  }
  return std::unique_ptr<Shelf>(new Shelf(std::move(host), std::move(token), std::move(all)));
}

sdk::Status Shelf::Admit(const sdk::Call& call, const sdk::StoreUser& user) const {
  if (auto going_on = CheckCall(call); !going_on) return going_on;
  if (!token_.empty() && !host_.secrets().Equal(token_, user.token)) {
    return sdk::Error{.code = sdk::Errc::kUnauthenticated, .message = "the key is not the shelf's"};
  }
  return sdk::Ok();
}

const Shelf::Held* Shelf::Find(std::string_view hash) const {
  const auto found = std::find_if(held_.begin(), held_.end(), [&](const Held& held) { return held.item.id == hash; });
  return found == held_.end() ? nullptr : &*found;
}

sdk::Result<sdk::Account> Shelf::GetAccount(const sdk::Call& call, const sdk::StoreUser& user) {
  if (auto admitted = Admit(call, user); !admitted) return admitted.error();
  return sdk::Account{.id = "shelf", .plan = sdk::Plan::kPremium};
}

sdk::Status Shelf::Check(const sdk::Call& call, const sdk::StoreUser& user, sdk::Content content,
                         std::span<const std::string_view> hashes, sdk::ItemSink& sink) {
  if (content != sdk::Content::kTorrent) return TorrentsOnly();
  if (auto admitted = Admit(call, user); !admitted) return admitted;
  for (const auto hash : hashes) {
    if (auto going_on = CheckCall(call); !going_on) return going_on;
    const auto* held = Find(hash);
    if (held == nullptr) continue;
    auto item = held->item;
    item.state = sdk::ItemState::kCached;
    if (!sink.Put(item)) break;
  }
  return sdk::Ok();
}

sdk::Result<sdk::Item> Shelf::Add(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StoreOrder& order) {
  if (order.content != sdk::Content::kTorrent || !order.file.empty()) return TorrentsOnly();
  if (auto admitted = Admit(call, user); !admitted) return admitted.error();
  const auto hash = HashOfMagnet(order.uri);
  if (!hash) {
    auto error = Invalid("magnet: want a magnet URI with xt=urn:btih: and an info hash");
    error.reason = sdk::Reason::kInvalidMagnet;
    return error;
  }
  const auto* held = Find(*hash);
  if (held == nullptr) return NotOnShelf();
  return held->item;
}

sdk::Result<sdk::Item> Shelf::Get(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id) {
  if (auto admitted = Admit(call, user); !admitted) return admitted.error();
  const auto* held = Find(id);
  if (held == nullptr) return NotOnShelf();
  return held->item;
}

sdk::Result<std::uint64_t> Shelf::List(const sdk::Call& call, const sdk::StoreUser& user, const sdk::StorePage& page,
                                       sdk::ItemSink& sink) {
  if (page.content != sdk::Content::kTorrent) return TorrentsOnly();
  if (auto admitted = Admit(call, user); !admitted) return admitted.error();
  const auto begin = std::min<std::size_t>(page.offset, held_.size());
  const auto end = begin + std::min<std::size_t>(page.limit, held_.size() - begin);
  for (auto i = begin; i < end; ++i) {
    if (auto going_on = CheckCall(call); !going_on) return going_on.error();
    if (!sink.Put(held_[i].item)) break;
  }
  return std::uint64_t{held_.size()};
}

sdk::Status Shelf::Remove(const sdk::Call& call, const sdk::StoreUser& user, std::string_view) {
  if (auto admitted = Admit(call, user); !admitted) return admitted;
  return sdk::Error{.code = sdk::Errc::kUnsupported, .message = "the shelf is fixed: nothing can be removed"};
}

sdk::Result<sdk::Source> Shelf::Link(const sdk::Call& call, const sdk::StoreUser& user, std::string_view id,
                                     std::string_view file) {
  if (auto admitted = Admit(call, user); !admitted) return admitted.error();
  const auto* held = Find(id);
  if (held == nullptr) return NotOnShelf();
  const auto& files = held->item.files;
  const auto found = std::find_if(files.begin(), files.end(), [&](const sdk::File& one) { return one.id == file; });
  if (found == files.end()) {
    return sdk::Error{.code = sdk::Errc::kNotFound, .message = "the item has no such file"};
  }
  return sdk::Source{.url = held->urls[found->index]};
}

}  // namespace sluice::plugins::shelf
