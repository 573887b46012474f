import JoolCore
import JoolDaemon
import JoolSession

/// A command's access to the running session proxies.
struct ProxyAccess {
  /// Has the instance's proxy send its table, and waits until it was sent.
  ///
  /// Returns the number of sessions, or `nil` if there is no proxy.
  var advertise: (InstanceName) throws(ProxyControl.Failure) -> Int? = { (instance) throws(ProxyControl.Failure) in
    guard let proxy = try ProxyControl(instance: instance) else { return nil }
    return try proxy.advertise()
  }

  /// The status of the instance's proxy.
  ///
  /// `nil` if there is no proxy. May wait ten seconds for the proxy.
  var status: @Sendable (InstanceName) throws(ProxyControl.Failure) -> ProxyStatus? = {
    (instance) throws(ProxyControl.Failure) in
    guard let proxy = try ProxyControl(instance: instance) else { return nil }
    return try proxy.status()
  }

  /// Has the group's mirror send its table, and waits until it was sent.
  ///
  /// Returns the number of sessions, or `nil` if there is no mirror.
  var advertiseMirror: (InstanceName) throws(ProxyControl.Failure) -> Int? = {
    (group) throws(ProxyControl.Failure) in
    guard let mirror = try ProxyControl(instance: group, .mirror) else { return nil }
    return try mirror.advertise()
  }

  /// Ends mappings on all nodes of the group, through the instance's proxy or the group's mirror.
  ///
  /// Returns what becomes of them, or `nil` if there is no proxy or mirror. May wait ten seconds for it.
  var remove: (ControlService, InstanceName, [BIBEntry]) throws(ProxyControl.Failure) -> RemovalOutcome? = {
    (service, name, entries) throws(ProxyControl.Failure) in
    guard let node = try ProxyControl(instance: name, service) else { return nil }
    return try node.remove(entries)
  }

  /// The status of the group's mirror.
  ///
  /// `nil` if there is no mirror. May wait ten seconds for the mirror.
  var mirrorStatus: @Sendable (InstanceName) throws(ProxyControl.Failure) -> ProxyStatus? = {
    (group) throws(ProxyControl.Failure) in
    guard let mirror = try ProxyControl(instance: group, .mirror) else { return nil }
    return try mirror.status()
  }
}
