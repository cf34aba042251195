// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Outlet: where a body goes, framed as the client was told.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/http/detached_response.hpp"

namespace sluice::relay {

enum class Put : std::uint8_t {
  kDone,
  kBlocked,  ///< The client takes no more now.
  kBroken,
};

/// Threads: one at a time.
class Outlet {
 public:
  explicit Outlet(std::unique_ptr<http::DetachedResponse> client);

  int fd() const { return client_->fd(); }
  bool secure() const { return client_->secure(); }
  std::chrono::milliseconds write_timeout() const { return client_->write_timeout(); }
  bool blocked() const { return !pending_.empty(); }
  std::size_t pending_bytes() const { return pending_.size(); }

  /// Sends what is left of earlier calls.
  Put Flush();
  /// Frames and sends `data`. What the client does not take now is kept, and blocked() until Flush has sent it.
  Put Write(std::span<const std::byte> data);
  /// Frames the next `size` octets, which come by Splice.
  void Announce(std::size_t size);
  /// Moves announced octets out of a pipe. Not while blocked(). \param left  how many there are; counted down.
  Put Splice(int pipe, std::size_t& left);
  /// Keeps octets that were announced until the client takes them.
  void Keep(std::string_view octets) { pending_.append(octets); }
  bool takes_trailers() const { return client_->takes_trailers(); }
  /// Frames the end of the body. Once nothing is blocked, the response is whole.
  /// \param trailers  field lines; none unless takes_trailers().
  void End(std::string_view trailers);
  void Complete() { client_->Complete(); }

 private:
  Put Send(std::string_view frame, std::span<const std::byte> data, std::string_view tail);

  std::unique_ptr<http::DetachedResponse> client_;
  const bool chunked_;
  bool in_chunk_ = false;  ///< A chunk's data was announced; its line end is still to come.
  std::string pending_;
};

}  // namespace sluice::relay
