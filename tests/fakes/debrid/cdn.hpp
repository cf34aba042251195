// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Cdn: the servers that a fake store's links lead to.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "tests/fakes/debrid/world.hpp"

namespace sluice::fakes::debrid {

/// Serves GET and HEAD with one Range, until a link has expired (410), to the address that it was bound to (else 403).
/// The octets of a file follow from its name, so that a test can say what it wants. Threads: [any].
class Cdn {
 public:
  Cdn(World& world, std::string base_url) : world_(world), base_url_(std::move(base_url)) {}

  /// A link to one file. \param bound_ip  empty: for anybody. \param owner  whose account it counts for, empty:
  /// nobody's. Each GET is logged as "cdn of <owner>".
  std::string Link(const ContentFile& file, std::string bound_ip, std::string owner = {});
  /// How long links of before and from now on work. At first: an hour.
  void SetLife(std::chrono::seconds life);

  bool Serves(const Request& request) const { return request.path.starts_with(kPrefix); }
  Response Answer(const Request& request) const;

  /// `size` octets of the file of that name, from `offset` on.
  static std::string Octets(std::string_view name, std::uint64_t offset, std::uint64_t size);

 private:
  static constexpr std::string_view kPrefix = "/dld/";
  struct Bound {
    ContentFile file;
    std::string ip, owner, token;
    Time made_at;
  };

  World& world_;
  const std::string base_url_;
  mutable std::mutex mutex_;
  std::map<std::string, Bound> links_;
  std::chrono::seconds life_{3600};
};

}  // namespace sluice::fakes::debrid
