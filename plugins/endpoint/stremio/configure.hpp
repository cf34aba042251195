// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Configure: what becomes of the form that a viewer sends.

#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>

#include "configure_page.hpp"
#include "saved.hpp"
#include "settings.hpp"
#include "userdata.hpp"

namespace sluice::plugins::stremio {

/// A page, and with which status it is sent.
struct ConfigureAnswer {
  int status = 200;
  ConfigureView view{};
};

/// Threads: [any].
class Configure {
 public:
  /// \param settings, saved  outlive it.
  Configure(sdk::Host host, const Settings& settings, Saved& saved);

  /// The form of a configuration that is to be changed; of an empty one, a new form.
  sdk::Result<ConfigureAnswer> Show(const UserData& userdata) const;

  /// Asks each store about the account that the form names for it, and makes the addon's URL when all is well.
  /// \param site  as SiteOf has it.
  /// \returns  kInvalidArgument: what no form of ours sends; what cannot be written to the database.
  sdk::Result<ConfigureAnswer> Take(const sdk::Call& call, std::string_view body, std::string_view user_agent,
                                    std::string_view site) const;

 private:
  sdk::Result<ConfigureAnswer> Page(FormAgain again, std::string install_url) const;
  sdk::Result<UserData> BaseOf(const sdk::Call& call, std::string_view body) const;
  void CheckAccounts(const sdk::Call& call, std::string_view user_agent, ConfigureForm& form) const;
  sdk::Result<std::string> SegmentOf(const sdk::Call& call, const ConfigureForm& form) const;

  const sdk::Host host_;
  const Settings& settings_;
  Saved& saved_;
  const Offer offer_;
};

}  // namespace sluice::plugins::stremio
