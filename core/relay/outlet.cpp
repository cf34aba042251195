// SPDX-License-Identifier: MIT
#include "core/relay/outlet.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/http/chunked.hpp"

namespace sluice::relay {
namespace {

using http::ChunkSizeLine;
using http::kLineEnd;

std::string_view TextOf(std::span<const std::byte> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

Outlet::Outlet(std::unique_ptr<http::DetachedResponse> client)
    : client_(std::move(client)), chunked_(client_->mode() == http::BodyMode::kChunked), pending_(client_->head()) {}

Put Outlet::Flush() { return pending_.empty() ? Put::kDone : Send({}, {}, {}); }

Put Outlet::Write(std::span<const std::byte> data) {
  if (!chunked_) return Send({}, data, {});
  if (std::exchange(in_chunk_, false)) pending_ += kLineEnd;
  return Send(ChunkSizeLine(data.size()).text(), data, kLineEnd);
}

Put Outlet::Send(std::string_view frame, std::span<const std::byte> data, std::string_view tail) {
  std::array<std::string_view, 4> texts{pending_, frame, TextOf(data), tail};
  while (true) {
    std::array<iovec, 4> parts{};
    std::transform(texts.begin(), texts.end(), parts.begin(), http::PartOf);
    // TLS takes a record at a time: only the socket itself says when it is full.
    const auto sent = client_->Send(parts);
    if (sent.state == http::SendState::kBroken) return Put::kBroken;
    auto skip = sent.size;
    std::size_t left = 0;
    for (auto& text : texts) {
      const auto gone = std::min(skip, text.size());
      text.remove_prefix(gone);
      skip -= gone;
      left += text.size();
    }
    if (left > 0 && sent.state == http::SendState::kSent) continue;
    std::string rest;
    for (const auto text : texts) rest.append(text);
    pending_ = std::move(rest);
    return left == 0 ? Put::kDone : Put::kBlocked;
  }
}

void Outlet::Announce(std::size_t size) {
  if (!chunked_) return;
  if (std::exchange(in_chunk_, true)) pending_ += kLineEnd;
  pending_ += ChunkSizeLine(size).text();
}

Put Outlet::Splice(int pipe, std::size_t& left) {
  while (left > 0) {
    const auto moved = ::splice(pipe, nullptr, client_->fd(), nullptr, left, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (moved > 0) {
      left -= static_cast<std::size_t>(moved);
    } else if (moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return Put::kBlocked;
    } else if (moved == 0 || errno != EINTR) {
      return Put::kBroken;
    }
  }
  return Put::kDone;
}

void Outlet::End(std::string_view trailers) {
  if (!chunked_) return;
  if (std::exchange(in_chunk_, false)) pending_ += kLineEnd;
  pending_.append("0\r\n").append(trailers).append(kLineEnd);
}

}  // namespace sluice::relay
