// SPDX-License-Identifier: MIT
#include "core/relay/inlet.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string_view>

namespace sluice::relay {
namespace {

using upstream::BodyKind;
using upstream::FilePart;
using upstream::RawBody;

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

void Inlet::Replace(Body rest) {
  trailers_.clear();
  std::visit([this](auto& part) { body_.emplace<std::remove_reference_t<decltype(part)>>(std::move(part)); }, rest);
}

int Inlet::fd() const {
  const auto* const raw = std::get_if<RawBody>(&body_);
  return raw == nullptr ? -1 : raw->connection->fd();
}

bool Inlet::secure() const {
  const auto* const raw = std::get_if<RawBody>(&body_);
  return raw != nullptr && !raw->connection->plain();
}

bool Inlet::plain() const {
  const auto* const raw = std::get_if<RawBody>(&body_);
  return raw == nullptr || (raw->connection->plain() && raw->framing.kind != BodyKind::kChunked);
}

bool Inlet::spliceable() const {
  const auto* const raw = std::get_if<RawBody>(&body_);
  return raw == nullptr || (plain() && raw->buffered.empty());
}

bool Inlet::holds_plain() const {
  const auto* const raw = std::get_if<RawBody>(&body_);
  return raw != nullptr && raw->framing.kind != BodyKind::kChunked && !raw->buffered.empty();
}

std::uint64_t Inlet::left() const {
  if (const auto* const part = std::get_if<FilePart>(&body_)) return part->length;
  const auto& framing = std::get<RawBody>(body_).framing;
  return framing.kind == BodyKind::kLength ? framing.length : std::numeric_limits<std::uint64_t>::max();
}

Got Inlet::Read(std::span<std::byte> buffer, std::size_t& bytes) {
  bytes = 0;
  if (auto* const part = std::get_if<FilePart>(&body_)) return ReadFile(*part, buffer, bytes);
  auto& raw = std::get<RawBody>(body_);
  if (raw.framing.kind == BodyKind::kChunked) return ReadChunked(raw, buffer, bytes);
  if (raw.framing.kind == BodyKind::kClose) return ReadRaw(raw, buffer, bytes);
  if (raw.framing.length == 0) return Got::kEnd;
  buffer = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), raw.framing.length)));
  const auto got = ReadRaw(raw, buffer, bytes);
  raw.framing.length -= bytes;
  return got == Got::kEnd ? Got::kBroken : got;
}

Got Inlet::ReadRaw(RawBody& raw, std::span<std::byte> buffer, std::size_t& bytes) {
  if (!raw.buffered.empty()) {
    bytes = std::min(buffer.size(), raw.buffered.size());
    std::memcpy(buffer.data(), raw.buffered.data(), bytes);
    raw.buffered.erase(0, bytes);
    if (raw.buffered.empty()) std::string().swap(raw.buffered);
    return Got::kData;
  }
  const auto now = raw.connection->TryRead(buffer, bytes);
  // Under TLS each read gives one record: those that are there leave together. What ends the row is met again.
  std::size_t more = 0;
  while (now == net::Now::kDone && secure() && bytes < buffer.size() &&
         raw.connection->TryRead(buffer.subspan(bytes), more) == net::Now::kDone) {
    bytes += more;
  }
  switch (now) {
    case net::Now::kDone:
      return Got::kData;
    case net::Now::kEnd:
      return Got::kEnd;
    case net::Now::kWantRead:
    case net::Now::kWantWrite:
      return Got::kBlocked;
    case net::Now::kBroken:
      break;
  }
  return Got::kBroken;
}

Got Inlet::ReadChunked(RawBody& raw, std::span<std::byte> buffer, std::size_t& bytes) {
  if (raw.decoder.done()) return Got::kEnd;
  std::size_t received = 0;
  const auto got = ReadRaw(raw, buffer, received);
  if (got == Got::kEnd) return Got::kBroken;
  if (got != Got::kData) return got;
  // Data moves to the front, over the framing that stood between.
  std::string_view coded(reinterpret_cast<const char*>(buffer.data()), received);
  while (!coded.empty() && !raw.decoder.done()) {
    const auto step = raw.decoder.Next(coded);
    if (step.fault != http::Fault::kNone) return Got::kBroken;
    if (!step.data.empty()) std::memmove(buffer.data() + bytes, step.data.data(), step.data.size());
    bytes += step.data.size();
    trailers_.append(step.trailers);
    coded.remove_prefix(step.consumed);
  }
  if (!coded.empty()) raw.keep_alive = false;  // octets that nobody asked for
  return Got::kData;
}

Got Inlet::ReadFile(FilePart& part, std::span<std::byte> buffer, std::size_t& bytes) {
  if (part.length == 0) return Got::kEnd;
  const auto got = part.Read(buffer);
  if (!got) return Got::kBroken;
  bytes = *got;
  return Got::kData;
}

Got Inlet::Splice(int pipe, std::size_t most, std::size_t& bytes) {
  bytes = 0;
  if (left() == 0) return Got::kEnd;
  most = static_cast<std::size_t>(std::min<std::uint64_t>(most, left()));
  auto* const part = std::get_if<FilePart>(&body_);
  auto offset = part == nullptr ? loff_t{0} : static_cast<loff_t>(part->first);
  ssize_t got = -1;
  do {
    got = ::splice(part == nullptr ? fd() : part->file.get(), part == nullptr ? nullptr : &offset, pipe, nullptr, most,
                   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return WouldBlock() ? Got::kBlocked : Got::kBroken;
  bytes = static_cast<std::size_t>(got);
  if (part == nullptr) std::get<RawBody>(body_).connection->MarkSpliced();
  if (part != nullptr) {
    part->first += bytes;
    part->length -= bytes;
    return got == 0 ? Got::kBroken : Got::kData;
  }
  auto& framing = std::get<RawBody>(body_).framing;
  if (framing.kind == BodyKind::kLength) {
    framing.length -= bytes;
    return got == 0 ? Got::kBroken : Got::kData;
  }
  return got == 0 ? Got::kEnd : Got::kData;
}

void Inlet::Finish() {
  auto* const raw = std::get_if<RawBody>(&body_);
  if (raw == nullptr || !raw->connection) return;
  const bool clean = raw->buffered.empty() && raw->framing.kind != BodyKind::kClose;
  upstream::ReturnConnection(std::move(raw->connection), clean && raw->keep_alive, *raw->shared);
}

}  // namespace sluice::relay
