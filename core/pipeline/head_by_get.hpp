// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// HEAD by GET: many media servers refuse HEAD, or sign links for GET only.

#include "core/upstream/client.hpp"

namespace sluice::pipeline {

/// Whether the answer to a HEAD says more about the method than about the resource.
bool RefusesHead(const upstream::Request& request, const upstream::Response& response);

/// The GET that asks for as little as tells the same: the first octet.
upstream::Request FirstOctet(upstream::Request head);

/// What HEAD would have been answered, from the answer to FirstOctet. Without a body.
upstream::Response HeadOfPart(upstream::Response part);

}  // namespace sluice::pipeline
