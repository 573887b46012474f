/// The way in which a program ends a proxy.
public enum ProxyEnding {
  /// With a handle, from another thread. The proxy takes no signals.
  case handle(StopHandle)
  /// With SIGTERM or SIGINT. SIGHUP has the proxy read its configuration again with this function.
  ///
  /// The three signals are blocked in the thread that creates the proxy, and in those that it starts afterwards. If
  /// other threads exist, they must block these signals themselves.
  case signals(reload: LoadConfiguration)

  /// Reads the configuration again as it is now.
  ///
  /// Throws `ProxyError` if the configuration is wrong.
  public typealias LoadConfiguration = () throws(ProxyError) -> ProxyConfiguration
}
