// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a fetch step of the configuration means to the upstream client.

#include <memory>
#include <sluice/sdk/result.hpp>
#include <string>

#include "core/config/config.hpp"

namespace sluice::upstream {
class Profile;
}

namespace sluice::pipeline {

/// \param name  whose requests these are, for the log.
/// \returns  kInvalidArgument naming the key below the step: "/tls/ca_file: want …".
sdk::Result<std::shared_ptr<const upstream::Profile>> MakeProfile(const config::FetchStep& step,
                                                                  const config::Upstream& upstream, std::string name);

}  // namespace sluice::pipeline
