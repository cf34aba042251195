// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// References: what a manifest refers to, fetched for the rewriter as the link to it would be.

#include <optional>
#include <sluice/sdk/manifest.hpp>

#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {

class Minter;

/// "Range: bytes=100-149", "Range: bytes=100-"; nothing: all of it is wanted.
std::optional<sdk::Header> RangeField(const sdk::Reference& reference);

/// For one call of a rewriter. A manifest may refer to what its links may lead to, and to nothing else.
/// Threads: one at a time.
class References final : public sdk::ReferenceFetcher {
 public:
  /// \param exchange  with a source and the manifest's response. \param call  of the rewriter. All outlive this.
  References(const StepContext& context, const Exchange& exchange, const Minter& minter, const sdk::Call& call)
      : context_(context), exchange_(exchange), minter_(minter), call_(call) {}

  sdk::Result<sdk::HttpResponse> Fetch(const sdk::Reference& reference) override;
  /// Whether Fetch was called.
  bool used() const { return used_; }

 private:
  sdk::Result<sdk::Source> SourceOf(std::string_view url, sdk::LinkKind kind) const;

  const StepContext& context_;
  const Exchange& exchange_;
  const Minter& minter_;
  const sdk::Call& call_;
  bool used_ = false;
};

}  // namespace sluice::pipeline
