// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// How to go on with a body that the upstream broke off (RFC 9110 §13.1.5, §14).

#include "core/pipeline/steps.hpp"
#include "core/relay/relay.hpp"

namespace sluice::pipeline {

/// \returns  empty when the rest cannot be asked for without the risk of mixing two representations: the source is not
///           resumable, the upstream knows no ranges, or the response had no strong validator or no length.
relay::Resume MakeResume(const StepContext& context, const Exchange& exchange);

}  // namespace sluice::pipeline
