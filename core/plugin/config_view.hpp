// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ConfigView: a component's configuration as plugins read it.

#include <sluice/abi/config.h>
#include <nlohmann/json_fwd.hpp>

#include <string>

namespace sluice::plugin {

/// Views of `document`, which must outlive it unchanged. Threads: [control].
class ConfigView {
 public:
  explicit ConfigView(const nlohmann::ordered_json& document);
  ConfigView(const ConfigView&) = delete;
  ConfigView& operator=(const ConfigView&) = delete;

  const sluice_config& abi() const { return abi_; }

 private:
  const std::string text_;
  const sluice_config abi_;
};

}  // namespace sluice::plugin
