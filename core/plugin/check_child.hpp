// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The part of check-plugin that runs in a child process.

#include <string>
#include <string_view>

#include "core/plugin/instance.hpp"
#include "core/plugin/plugin_file.hpp"

namespace sluice::plugin {

/// What the child tells its parent, one line at a time: '>' and a step that begins (shown if the child dies in it), a
/// finding that is printed as it is, or "." once all is said: a plugin that calls exit(0) has not passed.
class CheckReport {
 public:
  explicit CheckReport(int fd) : fd_(fd) {}
  void Begin(std::string_view step) { Line(">", step); }
  void Ok(std::string_view text) { Line("ok    ", text); }
  void Note(std::string_view text) { Line("note  ", text); }
  void Fail(std::string_view text) {
    Line("FAIL  ", text);
    failed_ = true;
  }
  void Done() { Line(".", ""); }
  bool failed() const { return failed_; }

 private:
  void Line(std::string_view prefix, std::string_view text);
  int fd_;
  bool failed_ = false;
};

/// Loads `file` from `directory`, a scratch directory of the caller's, and tries its components. Runs the plugin's
/// code. \param config_file  as RunCheckPlugin.
void CheckInChild(const PluginFile& file, const std::string& directory, const std::string& config_file,
                  CheckReport& report);

/// One call into `instance` that needs nothing and changes nothing: already cancelled, with nonsense for arguments.
/// \returns  the name of the method; empty when the kind has none that is harmless.
std::string_view CallHarmlessly(const Interface& instance);

}  // namespace sluice::plugin
