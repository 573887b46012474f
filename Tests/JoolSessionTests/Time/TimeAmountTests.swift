import JoolCore
import JoolSession
import Testing

@Suite struct TimeAmountTests {
  @Test func unitsAreMultiplesOfNanoseconds() {
    #expect(TimeAmount.microseconds(-3) == .nanoseconds(-3000))
    #expect(TimeAmount.milliseconds(3) == .microseconds(3000))
    #expect(TimeAmount.seconds(3) == .milliseconds(3000))
    #expect(TimeAmount.seconds(1.5) == .milliseconds(1500))
  }

  @Test(arguments: [0, 1, -1, 86_400_000_000_123, -86_400_000_000_123]) func isThatOfItsDuration(nanoseconds: Int) {
    #expect(TimeAmount(.nanoseconds(nanoseconds)) == .nanoseconds(nanoseconds))
    #expect(Duration(TimeAmount.nanoseconds(nanoseconds)) == .nanoseconds(nanoseconds))
  }

  @Test func aDurationIsRoundedTowardsZero() {
    #expect(TimeAmount(Duration(attoseconds: 1_999_999_999)) == .nanoseconds(1))
    #expect(TimeAmount(Duration(attoseconds: -1_999_999_999)) == .nanoseconds(-1))
  }

  @Test func sumsAndProductsAreExact() {
    let amount = TimeAmount.milliseconds(250)
    #expect(amount + .seconds(1) == .milliseconds(1250) && amount - .seconds(1) == .milliseconds(-750))
    #expect(amount * 3 == .milliseconds(750) && amount / 2 == .milliseconds(125) && amount / -1 == .milliseconds(-250))
    #expect(TimeAmount.seconds(1) / amount == 4)
    #expect(amount < .seconds(1) && .seconds(-1) < amount)
  }

  @Test func clampsInsteadOfOverflowing() {
    let (most, least) = (TimeAmount.seconds(UInt64.max), TimeAmount.seconds(Int64.min))
    #expect(most == .nanoseconds(Int64.max) && least == .nanoseconds(Int64.min))
    #expect(most + .nanoseconds(1) == most && least - .nanoseconds(1) == least)
    #expect(most * 2 == most && most * -2 == least && least * -1 == most && least / -1 == most)
    #expect(most - least == most && least - most == least)
    #expect(TimeAmount(Duration.seconds(Int64.max)) == most)
  }

  @Test func isClampedToWholeMillisecondsOfTheModule() {
    #expect(Milliseconds(clamping: .microseconds(1999)).rawValue == 1)
    #expect(Milliseconds(clamping: .seconds(-1)).rawValue == 0)
    #expect(Milliseconds(clamping: .seconds(5_000_000)).rawValue == .max)
    #expect(TimeAmount(Milliseconds(1999)) == .milliseconds(1999))
  }

  @Test func isPrintedInSeconds() { #expect("\(TimeAmount.milliseconds(-250))" == "-0.25 s") }
}
