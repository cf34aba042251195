// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AllowedMethods: what Allow says when a path is there and the method is not.

#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {
class ServerExchange;
}

namespace sluice::pipeline {

/// Each method once, in the order in which they were added; HEAD goes with GET.
class AllowedMethods {
 public:
  void Add(std::string_view method);
  bool empty() const { return methods_.empty(); }
  /// "GET, HEAD, POST"
  std::string Text() const;

 private:
  std::vector<std::string> methods_;
};

/// 405 with Allow.
sdk::Status ReplyMethodNotAllowed(http::ServerExchange& viewer, const AllowedMethods& allowed);

}  // namespace sluice::pipeline
