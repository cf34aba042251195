// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Finds credentials in a request and takes them out of it.

#include <string>
#include <vector>

#include "core/config/config.hpp"

namespace sluice::pipeline {

struct Exchange;

struct Credential {
  std::string scheme;  ///< As in sdk::Credentials.
  std::string user;
  std::string secret;
};

/// Takes every credential that `step` names out of `exchange.headers` and `exchange.query`, so that no plugin and no
/// upstream sees it. Order: Authorization, then header fields, then query parameters. Empty ones are dropped.
std::vector<Credential> TakeCredentials(const config::AuthenticateStep& step, Exchange& exchange);

/// Takes out what the pipelines in `exchange.tried` look for: a credential for them is none of another pipeline's
/// upstream's business. To be called when the pipeline has taken its own.
void DropCredentialsOfTried(Exchange& exchange);

}  // namespace sluice::pipeline
