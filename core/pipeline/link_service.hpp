// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// LinkService: sdk::LinksService over the server's own links.

#include <functional>
#include <memory>
#include <sluice/sdk/services.hpp>

#include "core/pipeline/snapshot.hpp"

namespace sluice::state {
class Secrets;
}

namespace sluice::pipeline {

/// Threads: [any].
class LinkService final : public sdk::LinksService {
 public:
  /// \param current  answers the snapshot in use; null before the first.
  LinkService(const state::Secrets& secrets, std::function<std::shared_ptr<const Snapshot>()> current)
      : secrets_(secrets), current_(std::move(current)) {}

  sdk::Result<std::string> Mint(std::string_view pipeline, std::string_view url, sdk::LinkKind kind,
                                std::string_view context, std::string_view subject, std::chrono::seconds ttl) override;

 private:
  const state::Secrets& secrets_;
  const std::function<std::shared_ptr<const Snapshot>()> current_;
};

}  // namespace sluice::pipeline
