// SPDX-License-Identifier: MIT
#include "tests/core/plugin/host_fixture.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "core/telemetry/log.hpp"

namespace sluice::plugin::testing {
namespace {

namespace fs = std::filesystem;

std::string captured;
void Capture(std::string_view line) { captured += line; }

}  // namespace

std::size_t SeriesCount(prometheus::Registry& registry, const std::string& name) {
  std::size_t count = 0;
  for (const auto& family : registry.Collect()) {
    if (family.name == name) count += family.metric.size();
  }
  return count;
}

TimedCall::TimedCall(std::chrono::milliseconds budget) : view_(call_) {
  call_.struct_size = sizeof(call_);
  const auto deadline = sdk::Call::Clock::now() + budget;
  call_.deadline_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
  call_.cancelled = [](const sluice_call*) -> std::uint32_t { return 0; };
}

HostTest::HostTest() : kv_(state::MakeMemoryKv(1 << 20)) {
  auto name = (fs::temp_directory_path() / "sluice-host-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  scratch_ = name;
  ::setenv("SLUICE_PLUGIN_CACHE", (scratch_ / "cache").c_str(), 1);
  secrets_ = std::move(*state::Secrets::FromKey(std::string(32, 'k')));
  services_.kv = kv_.get();
  services_.secrets = secrets_.get();
  services_.metrics = &metrics_;
  services_.server_version = "1.2.3";
  registry_ = std::make_unique<Registry>(services_, metrics_);
  Load(std::vector<std::string>());
  captured.clear();
  telemetry::SetLogSink(Capture);
}

HostTest::~HostTest() {
  registry_.reset();
  telemetry::SetLogSink(nullptr);
  ::unsetenv("SLUICE_PLUGIN_CACHE");
  std::error_code ignored;
  fs::remove_all(scratch_, ignored);
}

std::string HostTest::Install(const std::string& name, const std::string& as) const {
  const auto target = scratch_ / ((as.empty() ? name : as) + ".so");
  const auto temporary = target.string() + ".new";
  fs::copy_file(fs::path(SLUICE_BAD_PLUGINS) / (name + ".so"), temporary, fs::copy_options::overwrite_existing);
  fs::permissions(temporary, fs::perms(0644));
  fs::rename(temporary, target);
  return target.string();
}

std::string HostTest::Write(const std::string& name, std::string_view bytes) const {
  const auto path = (scratch_ / name).string();
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  fs::permissions(path, fs::perms(0644));
  return path;
}

config::Plugins HostTest::Files(std::vector<std::string> files) const {
  config::Plugins plugins;
  fs::create_directories(scratch_ / "empty");
  plugins.directory = (scratch_ / "empty").string();
  plugins.files = std::move(files);
  return plugins;
}

void HostTest::Load(std::vector<std::string> files) { Load(Files(std::move(files))); }
void HostTest::Load(config::Plugins plugins) { plugins_ = registry_->Load(plugins); }

PluginInfo HostTest::Only() const {
  const auto all = plugins_->plugins();
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? PluginInfo() : all.front();
}

sdk::Result<std::shared_ptr<const Instance>> HostTest::CreateBad(const std::string& name) const {
  return plugins_->Create(BadComponent(name));
}

const std::string& HostTest::log() { return captured; }

config::Component BadComponent(const std::string& name) {
  config::Component component;
  component.name = name;
  component.kind = "auth";
  component.type = "bad";
  component.config_pointer = "/components/" + name + "/config";
  return component;
}

}  // namespace sluice::plugin::testing
