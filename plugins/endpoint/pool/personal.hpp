// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Personal: what users see of themselves, and which of their devices they drop, by a link that only they know.

#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <vector>

#include "answers.hpp"
#include "personal_page.hpp"
#include "settings.hpp"

namespace sluice::plugins::pool {

/// Threads: [any].
class Personal {
 public:
  Personal(sdk::Host host, const Settings& settings);

  /// Live as long as this.
  std::vector<Served> Routes();

 private:
  sdk::Status Show(const Request& request);
  sdk::Status DropByForm(const Request& request);
  sdk::Status Drop(const Request& request);

  /// Whose link it is. \returns  kNotFound: nobody's, or one's who is disabled.
  sdk::Result<Person> Find(const Request& request) const;
  /// \returns  false: there was none.
  sdk::Result<bool> DropOwn(const Request& request, std::string_view device) const;

  const sdk::Host host_;
  const Settings& settings_;
};

}  // namespace sluice::plugins::pool
