// SPDX-License-Identifier: MIT
#include "personal.hpp"

#include <array>
#include <sluice/sdk/hex.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "digest.hpp"
#include "endpoint/common/reply.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr const char* kNobody = "";  // the link is the credential
constexpr std::int64_t kMaxDevices = 1000;
constexpr std::size_t kMaxDeviceId = 64;

sdk::Error NoLink() { return NotFound("there is no such link"); }

}  // namespace

Personal::Personal(sdk::Host host, const Settings& settings) : host_(std::move(host)), settings_(settings) {}

std::vector<Served> Personal::Routes() {
  const auto path = settings_.link_path + "/{token}";
  return {ServedBy(this, "GET", path, kNobody, &Personal::Show),
          ServedBy(this, "POST", path, kNobody, &Personal::DropByForm),
          ServedBy(this, "DELETE", path, kNobody, &Personal::Drop)};
}

sdk::Result<Person> Personal::Find(const Request& request) const {
  const auto hash = sdk::HexEncode(Sha256(request.Param("token")));
  const auto user = host_.database().Read(
      request.call, "SELECT id, name, device_limit, link_hash FROM {users} WHERE link_hash = $1 AND disabled = 0",
      {hash});
  if (!user) return user.error();
  if (user->rows.empty() || !host_.secrets().Equal(user->rows[0][3].text, hash)) return NoLink();
  const auto& row = user->rows[0];
  Person person{.id = row[0].text,
                .name = row[1].text,
                .device_limit = row[2].type == sdk::SqlType::kNull ? settings_.device_limit : row[2].integer};
  auto devices = ReadDevices(host_, request.call, person.id, kMaxDevices);
  if (!devices) return std::move(devices).error();
  person.devices = *std::move(devices);
  return person;
}

sdk::Status Personal::Show(const Request& request) {
  const auto person = Find(request);
  if (!person) return person.error();
  if (PrefersHtml(sdk::FieldValue(request.head.headers, "Accept"))) {
    return endpoint::Reply(request.response, 200,
                           {{"Content-Type", "text/html; charset=utf-8"},
                            {"Cache-Control", "no-store"},
                            {"Content-Security-Policy", PagePolicy()},
                            {"Referrer-Policy", "no-referrer"},
                            {"Vary", "Accept"}},
                           HtmlOf(*person));
  }
  auto devices = Json::array();
  for (const auto& device : person->devices) devices.push_back(JsonOf(device));
  return SendJson(request, 200,
                  {{"name", person->name}, {"device_limit", person->device_limit}, {"devices", std::move(devices)}});
}

sdk::Result<bool> Personal::DropOwn(const Request& request, std::string_view device) const {
  const auto person = Find(request);
  if (!person) return person.error();
  return DropDevice(host_, request.call, person->id, device);
}

/// Of the page's form, whose body is made like a query (WHATWG URL §5).
sdk::Status Personal::DropByForm(const Request& request) {
  const auto device = sdk::QueryParam(request.body, "device");
  if (!device || device->empty() || device->size() > kMaxDeviceId) return Invalid("device: want the id of a device");
  // One that is gone already was dropped by a click before this one.
  if (const auto dropped = DropOwn(request, *device); !dropped) return dropped.error();
  const std::array headers{
      sdk::Header{"Location", std::string(request.Param("token"))},
      sdk::Header{"Cache-Control", "no-store"},
      sdk::Header{"Referrer-Policy", "no-referrer"},
  };
  return request.response.Start(303, headers);
}

sdk::Status Personal::Drop(const Request& request) {
  const auto device = QueryText(request, "device", kMaxDeviceId);
  if (!device) return device.error();
  if (!*device || (*device)->empty()) return Invalid("device: is missing; want the id of a device in the query");
  const auto dropped = DropOwn(request, **device);
  if (!dropped) return dropped.error();
  return *dropped ? SendNothing(request) : sdk::Status(NotFound("device: there is no such device"));
}

}  // namespace sluice::plugins::pool
