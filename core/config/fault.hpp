// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Faults of a configuration, collected and shown all at once.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

/// Where a value stands: "config/sluice.yaml", 12, "/pipelines/vod/match/path".
struct Place {
  std::string file;
  int line = 0;         ///< From 1; 0: not known.
  std::string pointer;  ///< RFC 6901; empty: the whole document.
  bool secret = false;  ///< The value came from a file or a variable that holds a secret: never show it.
};

/// Place of each value, by JSON pointer.
using Places = std::map<std::string, Place, std::less<>>;

struct Fault {
  Place place;
  std::string message;  ///< Names what was found and what was wanted; never a secret.
};

/// Where `pointer` stands; a value that was filled in stands where its nearest parent does.
Place PlaceOf(const Places& places, std::string_view pointer);

/// "file:line: /pointer: message"; parts that are not known are left out.
std::string Format(const Fault& fault);

/// Collects faults while a configuration is read.
class Faults {
 public:
  void Add(Place place, std::string message) { faults_.push_back({std::move(place), std::move(message)}); }
  bool empty() const { return faults_.empty(); }
  const std::vector<Fault>& all() const { return faults_; }
  /// One line each, sorted by file and line, each ending in a newline.
  std::string Text() const;

 private:
  std::vector<Fault> faults_;
};

}  // namespace sluice::config
