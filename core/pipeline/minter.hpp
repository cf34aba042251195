// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Minter: links that lead back into the pipeline that hands them out.

#include <sluice/sdk/manifest.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/state/links.hpp"

namespace sluice::state {
class Secrets;
}

namespace sluice::pipeline {

struct Exchange;

/// Its links stay the same for as long as the viewer keeps following links of one session. Threads: one at a time.
class Minter final : public sdk::LinkMinter {
 public:
  /// For the viewer of `exchange`, which has a response. \param base_url  in front of the links; empty: the server's.
  Minter(const state::Secrets& secrets, const Exchange& exchange, const std::string& base_url);

  /// \returns  `absolute_url` as it is when it cannot be fetched; empty when no link could be made.
  std::string Proxied(std::string_view absolute_url, sdk::LinkKind kind) override;

  /// \returns  `order.url` as it is when it cannot be fetched; kInvalidArgument as state::MintLink.
  sdk::Result<std::string> Link(const sdk::LinkOrder& order) override;

  /// Whether Proxied would make a link of it.
  bool Fetchable(std::string_view absolute_url) const;
  bool failed() const { return failed_; }
  /// What its links depend on besides what they lead to: two of equal identity make the same links.
  std::vector<std::string> Identity() const;

 private:
  bool IsAtHome(std::string_view url);

  const state::Secrets& secrets_;
  const std::string base_;
  const std::string template_base_;  ///< In front of templates.
  const std::string home_;
  const bool from_file_;  ///< A file's manifest may lead to files; an origin must not read this machine's.
  state::LinkTarget target_;
  std::string at_home_;  ///< How the last URL of `home_` began: others need not be taken apart.
  bool failed_ = false;
};

}  // namespace sluice::pipeline
