// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of the configuration share.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "core/config/load.hpp"

namespace sluice::config::testing {

inline Environment FakeEnvironment(std::map<std::string, std::string, std::less<>> variables = {}) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

/// The faults of `yaml` as text; empty when it is good.
inline std::string FaultsOf(std::string_view yaml, const Environment& environment = FakeEnvironment()) {
  Faults faults;
  LoadText(yaml, "c.yaml", environment, faults);
  return faults.Text();
}

/// What every configuration needs.
inline constexpr std::string_view kStart = "version: 1\nlisteners: {main: {address: \"127.0.0.1:0\"}}\n";

/// The configuration in `yaml`, which must be good.
inline Config LoadGood(std::string_view yaml, const Environment& environment = FakeEnvironment()) {
  Faults faults;
  auto config = LoadText(yaml, "c.yaml", environment, faults);
  EXPECT_EQ(faults.Text(), "");
  return config;
}

/// The same, of a text that lacks version and listeners.
inline Config LoadRest(const std::string& rest, const Environment& environment = FakeEnvironment()) {
  return LoadGood(std::string(kStart) + rest, environment);
}

/// A folder that is gone with its test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-config-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string Path(const std::string& name = {}) const { return name.empty() ? path_ : path_ + "/" + name; }
  std::string Write(const std::string& name, std::string_view content) const {
    std::ofstream(Path(name), std::ios::binary) << content;
    return Path(name);
  }

 private:
  std::string path_;
};

}  // namespace sluice::config::testing
