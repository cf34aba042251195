// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Tools: what the requests of one client share.

namespace sluice::upstream {

struct AddressRules;
class Dialer;
class Metrics;
class NameService;
class Pacer;
class Pool;

/// All of them may be used by many threads, and outlive every request.
struct Tools {
  const AddressRules& rules;
  NameService& names;
  Pool& pool;
  Dialer& dialer;
  Pacer& pacer;
  Metrics& metrics;
};

}  // namespace sluice::upstream
