import JoolCore
import JoolSession
import Logging

/// Starts a proxy for `session proxy` and for `joold`.
enum ProxyRunner {
  /// Exchanges sessions until a signal ends it. Whatever prevents that is found before anything is printed.
  static func run(_ arguments: ProxyArguments, in context: CommandContext) throws(CommandFailure) {
    guard let group = arguments.multicastAddress else { throw .invalid(.noMulticastAddress) }
    let instance = try instance(in: context)
    let configuration = arguments.configuration(instance: instance, group: group)
    let log = context.log
    do throws(ProxyError) {
      var loop = try ProxyEventLoop(configuration, log: log)
      context.output.write(arguments.banner(instance: context.instanceName))
      context.output.flush()
      try loop.run()
    } catch {
      context.logFailure(error.text)
      throw .proxy(error)
    }
  }

  private static func instance(in context: CommandContext) throws(CommandFailure) -> InstanceName {
    do throws(CommandFailure) {
      return try SynchronizationCheck.run(in: context)
    } catch {
      if case .module(let reason) = error { context.logFailure(reason.text) }
      throw error
    }
  }
}

extension ProxyArguments {
  /// The same as the proxy wants it.
  func configuration(instance: InstanceName, group: String) -> ProxyConfiguration {
    let network = ProxyConfiguration.Network(
      group: group, port: multicastPort, incomingInterface: inputDevice, outgoingInterface: outputDevice,
      ttl: UInt32(timeToLive))
    let statistics = ProxyConfiguration.Statistics(
      address: statisticsAddress ?? ProxyConfiguration.Statistics.defaultAddress,
      port: statisticsPort ?? ProxyConfiguration.Statistics.defaultPort)
    return ProxyConfiguration(
      instance: instance, network: network, statistics: servesStatistics ? statistics : nil, format: format,
      trackFile: trackFile, keyFile: keyFile)
  }
}
