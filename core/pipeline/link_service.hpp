// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// LinkService: sdk::LinksService over the server's own links.

#include <sluice/sdk/services.hpp>

#include "core/pipeline/snapshot.hpp"

namespace sluice::state {
class Secrets;
}

namespace sluice::pipeline {

/// Threads: [any].
class LinkService final : public sdk::LinksService {
 public:
  LinkService(const state::Secrets& secrets, CurrentSnapshot current)
      : secrets_(secrets), current_(std::move(current)) {}

  sdk::Result<std::string> Mint(std::string_view pipeline, std::string_view url, sdk::LinkKind kind,
                                std::string_view context, std::string_view subject, std::chrono::seconds ttl) override;

 private:
  const state::Secrets& secrets_;
  const CurrentSnapshot current_;
};

}  // namespace sluice::pipeline
