// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Requests and responses as the fakes see them, whoever carries them: FakeHttp, or a server on the loopback interface.

#include <chrono>
#include <cstddef>
#include <optional>
#include <sluice/sdk/types.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::fakes::debrid {

using Params = std::vector<std::pair<std::string, std::string>>;

/// The value of the first parameter of that name; nothing: there is none.
std::optional<std::string> Find(const Params& params, std::string_view name);

/// "a=1&b=x%20y" in its parts. "+" is a space.
Params ReadForm(std::string_view text);

struct Request {
  std::string method;
  std::string path;  ///< Percent-decoded.
  Params query{};    ///< Decoded, in order.
  std::vector<sdk::Header> headers{};
  std::string body{};
  std::string client_ip{};  ///< Of whoever is connected.

  std::string_view header(std::string_view name) const { return sdk::FieldValue(headers, name); }
};

/// \param target  path and query, as in a request line.
Request MakeRequest(std::string method, std::string_view target, std::vector<sdk::Header> headers, std::string body);

/// A part of a multipart/form-data body.
struct Part {
  std::string name, file_name, octets;
};
/// The parts of a request's body; nothing: it is no such body, or a broken one.
std::optional<std::vector<Part>> ReadMultipart(const Request& request);

struct Response {
  int status = 200;
  std::vector<sdk::Header> headers{};
  std::string body{};
  std::chrono::milliseconds latency{};  ///< Until the first octet.
  std::chrono::milliseconds trickle{};  ///< Between two pieces of the body.
  bool reset = false;                   ///< The connection is reset in place of an answer.
  std::size_t drop_after = 0;           ///< The connection breaks off after so many octets of the body; 0: it does not.
};

}  // namespace sluice::fakes::debrid
