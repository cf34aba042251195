// SPDX-License-Identifier: MIT
// The client of ./dev bench: takes bodies from 127.0.0.1 and says in JSON how it went; see --help.
#include <Poco/Exception.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

#include "tests/bench/streams/drain.hpp"
#include "tests/bench/streams/paced.hpp"

namespace {

using sluice::bench::Target;

struct Arguments {
  std::vector<std::uint16_t> ports;
  std::string path = "/";
  std::string ca_file;
  unsigned connections = 1;
  unsigned requests = 1;
  sluice::bench::Pace pace;
};

void Say(const nlohmann::json& line) {
  std::puts(line.dump().c_str());
  std::fflush(stdout);
}

std::vector<Target> TargetsOf(const Arguments& arguments) {
  const auto tls = arguments.ca_file.empty() ? nullptr : sluice::bench::MakeTlsContext(arguments.ca_file);
  std::vector<Target> targets;
  for (const auto port : arguments.ports) targets.push_back({.port = port, .path = arguments.path, .tls = tls});
  return targets;
}

void Drain(const Arguments& arguments) {
  const auto drained = sluice::bench::Drain(TargetsOf(arguments).front(), arguments.connections, arguments.requests);
  Say({{"bytes", drained.bytes}, {"seconds", drained.seconds}});
}

void FirstOctets(const Arguments& arguments) {
  Say({{"first_octet_us", sluice::bench::FirstOctets(TargetsOf(arguments), arguments.requests)}});
}

void Paced(const Arguments& arguments) {
  // A player's window: what lies in buffers is little beside what is taken.
  constexpr int kWindowBytes = 64 * 1024;
  auto target = TargetsOf(arguments).front();
  target.receive_buffer_bytes = kWindowBytes;
  const auto each_second = [](unsigned second) { Say({{"second", second}}); };
  Say({{"received", sluice::bench::TakePaced(target, arguments.pace, each_second)}});
}

void AddTarget(CLI::App& command, Arguments& arguments) {
  command.add_option("--port", arguments.ports, "where the servers listen")->required();
  command.add_option("--path", arguments.path, "what is asked for")->required();
}

void Describe(CLI::App& app, Arguments& arguments) {
  app.require_subcommand(1);
  auto* drain = app.add_subcommand("drain", "bodies as fast as they come: octets, seconds");
  drain->add_option("--connections", arguments.connections, "at one time")->check(CLI::PositiveNumber);
  drain->add_option("--requests", arguments.requests, "of each connection")->check(CLI::PositiveNumber);
  drain->add_option("--ca-file", arguments.ca_file, "speak TLS 1.3, and trust this certificate");
  drain->callback([&arguments] { Drain(arguments); });
  auto* first = app.add_subcommand("first-octet", "microseconds to the first octet of a body, for each port, by turns");
  first->add_option("--requests", arguments.requests, "to each port")->check(CLI::PositiveNumber);
  first->callback([&arguments] { FirstOctets(arguments); });
  auto* paced = app.add_subcommand("paced", "bodies at a pace: a line each second, then the octets of each connection");
  paced->add_option("--connections", arguments.pace.connections, "at one time")->check(CLI::PositiveNumber);
  paced->add_option("--rate", arguments.pace.bytes_per_second, "octets a second, of each")->check(CLI::PositiveNumber);
  paced->add_option("--seconds", arguments.pace.seconds, "how long")->check(CLI::PositiveNumber);
  paced->callback([&arguments] { Paced(arguments); });
  for (auto* command : {drain, first, paced}) AddTarget(*command, arguments);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Takes bodies over HTTP and throws them away.");
  Arguments arguments;
  Describe(app, arguments);
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const Poco::Exception& error) {
    std::fprintf(stderr, "stream_client: %s\n", error.displayText().c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stream_client: %s\n", error.what());
  }
  return 1;
}
