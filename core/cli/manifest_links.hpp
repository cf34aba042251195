// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Links and references of a manifest outside of a server.

#include <prometheus/registry.h>
#include <map>
#include <sluice/sdk/manifest.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "core/upstream/client.hpp"

namespace sluice::cli {

/// Links that people can read; remembers them. Threads: one at a time.
class ReadableLinks final : public sdk::LinkMinter {
 public:
  struct Made {
    std::string link;
    std::string url;
    std::string note;
    sdk::LinkKind kind = sdk::LinkKind::kSegment;
    bool is_template = false;
  };

  std::string Proxied(std::string_view absolute_url, sdk::LinkKind kind) override;
  sdk::Result<std::string> Link(const sdk::LinkOrder& order) override;

  /// In the order in which they were first asked for.
  const std::vector<Made>& made() const { return made_; }

 private:
  std::vector<Made> made_;
  std::map<std::tuple<std::string, std::string, sdk::LinkKind>, std::size_t> known_;  ///< By URL, note and kind.
};

/// Whether it is a URL by http or https.
bool IsWeb(std::string_view url);

/// Fetches by the operator's own leave: every address, and files. Threads: one at a time.
class OwnFetcher final : public sdk::ReferenceFetcher {
 public:
  OwnFetcher();
  /// \param call  of everything that is fetched from now on; outlives it.
  void Use(const sdk::Call& call) { call_ = &call; }

  sdk::Result<sdk::HttpResponse> Fetch(const sdk::Reference& reference) override;

 private:
  prometheus::Registry registry_;
  upstream::Client client_;
  const sdk::Call* call_ = nullptr;
};

}  // namespace sluice::cli
