// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// CheckingMinter: ends the process when a rewriter orders a link that it may not.

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/url_template.hpp>

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::fuzz {

/// Mints "<prefix>", and "<prefix>/$Number$/x" of templates.
class CheckingMinter final : public sdk::LinkMinter {
 public:
  explicit CheckingMinter(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string Proxied(std::string_view absolute_url, sdk::LinkKind kind) override {
    return *Link({.url = absolute_url, .kind = kind});
  }
  sdk::Result<std::string> Link(const sdk::LinkOrder& order) override {
    if (!order.url.starts_with("https://") && !order.url.starts_with("http://")) std::abort();
    if (order.note.size() > sdk::kMaxNoteBytes) std::abort();
    for (const char c : order.url)
      if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '<') std::abort();
    if (!order.note.empty() && notes_.size() < 4) notes_.emplace_back(order.note);
    if (!order.is_template) return prefix_;
    const auto parsed = sdk::UrlTemplate::Parse(order.url);
    if (!parsed) return parsed.error();
    return prefix_ + "/" + parsed->Placeholders() + "/x";
  }

  /// The first notes that links were ordered with.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  const std::string prefix_;
  std::vector<std::string> notes_;
};

}  // namespace sluice::fuzz
