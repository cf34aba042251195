// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// UsageApi: the usage log for operators, a page at a time or whole.

#include <sluice/sdk/host.hpp>
#include <vector>

#include "answers.hpp"
#include "usage_log.hpp"

namespace sluice::plugins::pool {

/// Threads: [any].
class UsageApi {
 public:
  explicit UsageApi(UsageLog& usage) : usage_(usage) {}

  /// Live as long as this.
  std::vector<Served> Routes();

 private:
  sdk::Status Answer(const Request& request);
  sdk::Status SendPage(const Request& request, UsageFilter filter) const;
  /// Everything that `filter` lets through, read in pages while it is sent.
  sdk::Status Export(const Request& request, UsageFilter filter, bool csv) const;

  UsageLog& usage_;
};

/// One line of a table as RFC 4180 has it. What a spreadsheet would take for a formula begins with an apostrophe.
std::string CsvOf(const UsageEntry& entry);

}  // namespace sluice::plugins::pool
