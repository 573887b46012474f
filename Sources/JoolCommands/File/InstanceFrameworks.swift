import JoolCore

extension JoolClient where Transport == AnyTransport {
  /// The frameworks of the instances that have the client's instance name.
  ///
  /// More than one if instances of this name have different frameworks: the module lists the instances of all network
  /// namespaces and does not report which namespace is this one.
  mutating func instanceFrameworks() throws(JoolError) -> Set<Framework> {
    var frameworks: Set<Framework> = []
    let name = instance
    try forEachInstance { page in
      for instance in page where instance.name == name { frameworks.insert(instance.framework) }
    }
    return frameworks
  }
}
