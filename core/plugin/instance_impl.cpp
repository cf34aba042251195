// SPDX-License-Identifier: MIT
#include "core/plugin/instance_impl.hpp"

#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sluice/sdk/detail/convert.hpp>
#include <sluice/sdk/detail/running_call.hpp>
#include <utility>

#include "core/plugin/abi_interface.hpp"
#include "core/plugin/config_view.hpp"
#include "core/plugin/host_services.hpp"
#include "core/plugin/instance_host.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::plugin {
namespace {

using sdk::detail::ThreadTag;

/// Parts in the order in which they need each other: the interface goes first, and the plugin's object with it.
class InstanceImpl final : public Instance {
 public:
  InstanceImpl(std::shared_ptr<InstanceContext> context, std::shared_ptr<const LoadedPlugin> plugin,
               const ComponentType& type, const config::Component& component, QuarantineRules rules)
      : context_(std::move(context)),
        plugin_(std::move(plugin)),
        name_(component.name),
        kind_(type.kind),
        type_(type.type),
        host_(MakeInstanceHost(context_->services, context_->metrics,
                               {.plugin = plugin_->info().id,
                                .kind = kind_,
                                .type = type_,
                                .component = name_,
                                .migrations = type.migrations,
                                .named = NamedBy(type, *component.config)})),
        calls_(context_->accounting.Observe(plugin_->info().id, name_, rules, &plugin_->control())) {}

  ~InstanceImpl() override {
    host_->Drain();
    const std::lock_guard lock(plugin_->control());
    if (counted_) gauge().Decrement();
    interface_ = {};
  }

  /// Calls the plugin. \returns  an error: this instance must be dropped.
  sdk::Status Start(const ComponentType& type, const config::Component& component) {
    const std::lock_guard lock(plugin_->control());
    void* self = nullptr;
    auto status = CallCreate(plugin_->control(), *type.component, host_->abi(), name_, *component.config, self);
    if (!status) return Named(std::move(status).error());
    auto made = MakeInterface(*type.component, self, *calls_);
    if (!made) return Named(std::move(made).error());
    interface_ = std::move(*made);
    counted_ = true;
    gauge().Increment();
    return sdk::Ok();
  }

  const std::string& name() const override { return name_; }
  const std::string& kind() const override { return kind_; }
  const std::string& type() const override { return type_; }
  const std::string& plugin() const override { return plugin_->info().id; }
  bool quarantined() const override { return calls_->quarantined(); }
  const Interface& interface() const override { return interface_; }
  const LoadedPlugin& code() const { return *plugin_; }

 private:
  sdk::Error Named(sdk::Error error) const {
    error.message = "component \"" + name_ + "\" (" + kind_ + "/" + type_ + " of " + plugin() + "): " + error.message;
    return error;
  }
  prometheus::Gauge& gauge() const {
    return context_->instances.Add({{"plugin", plugin()}, {"kind", kind_}, {"type", type_}});
  }

  const std::shared_ptr<InstanceContext> context_;
  const std::shared_ptr<const LoadedPlugin> plugin_;
  const std::string name_, kind_, type_;
  const std::unique_ptr<HostHandle> host_;
  const std::unique_ptr<ComponentCalls> calls_;
  Interface interface_;
  bool counted_ = false;
};

/// Values that the schema marks as secret must not reach the log, whoever writes it.
void RegisterSecrets(const ComponentType& type, const config::Json& config) {
  for (const auto& pointer : type.schema.SecretPointers(config)) {
    const config::Json::json_pointer where(pointer);
    if (!config.contains(where)) continue;
    if (const auto& value = config.at(where); value.is_string()) telemetry::AddSecret(value.get<std::string>());
  }
}

sdk::Error Broken(std::string what) { return {.code = sdk::Errc::kInternal, .message = std::move(what)}; }

}  // namespace

std::set<std::pair<std::string, std::string>> NamedBy(const ComponentType& type, const config::Json& config) {
  std::set<std::pair<std::string, std::string>> named;
  for (auto& reference : type.schema.ComponentReferences(config)) {
    named.emplace(std::move(reference.kind), std::move(reference.name));
  }
  return named;
}

sdk::Status CallCreate(const ControlGate& control, const sluice_component& component, const sluice_host& host,
                       const std::string& name, const config::Json& config, void*& self) {
  const ConfigView view(config);
  sluice_error error{};
  sluice_status status = SLUICE_INTERNAL;
  void* made = nullptr;
  control.AssertTag("component " + name, {"create", ThreadTag::kControl});
  try {
    const sdk::detail::RunningCall running(ThreadTag::kControl, nullptr);
    status = component.create(&host, sdk::detail::Str(name), &view.abi(), &made, &error);
  } catch (const std::exception& exception) {
    return Broken(std::string("create threw across the boundary: ") + exception.what());
  } catch (...) {
    return Broken("create threw across the boundary");
  }
  if (status > SLUICE_INTERNAL) return Broken("create answered status " + std::to_string(status) + " (want 0 to 10)");
  if (status != SLUICE_OK) {
    auto refused = sdk::detail::ToError(status, error);
    if (refused.message.empty()) refused.message = "create failed and named no cause";
    return refused;
  }
  if (made == nullptr) return Broken("create answered OK with a null instance (want one)");
  self = made;
  return sdk::Ok();
}

InstanceContext::InstanceContext(const HostServices& host_services, prometheus::Registry& registry,
                                 AccountingClock clock)
    : services(host_services),
      accounting(registry, std::move(clock)),
      metrics(host_services.metrics == nullptr ? registry : *host_services.metrics),
      instances(prometheus::BuildGauge()
                    .Name("sluice_plugin_instances")
                    .Help("Live instances, those that only serve requests of an older configuration included")
                    .Register(registry)) {}

sdk::Result<std::shared_ptr<const Instance>> MakeInstance(const std::shared_ptr<InstanceContext>& context,
                                                          const std::shared_ptr<const LoadedPlugin>& plugin,
                                                          const ComponentType& type, const config::Component& component,
                                                          QuarantineRules rules) {
  RegisterSecrets(type, *component.config);
  auto instance = std::make_shared<InstanceImpl>(context, plugin, type, component, rules);
  if (auto status = instance->Start(type, component); !status) return std::move(status).error();
  return std::shared_ptr<const Instance>(std::move(instance));
}

const LoadedPlugin* CodeOf(const Instance& instance) {
  const auto* made_here = dynamic_cast<const InstanceImpl*>(&instance);
  return made_here == nullptr ? nullptr : &made_here->code();
}

}  // namespace sluice::plugin
