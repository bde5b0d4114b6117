using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Domain.Tests.Outbox;

public sealed class MailAddressTests
{
    [Theory]
    [InlineData("ana.ruiz@city.example")]
    [InlineData("ana+registry@mail.city.example")]
    public void An_address_is_accepted(string text) => Assert.Null(MailAddress.Check(text));

    [Theory]
    [InlineData("")]
    [InlineData("ana")]
    [InlineData("ana@")]
    [InlineData("@city.example")]
    [InlineData("ana@city.example, bo@city.example")]
    [InlineData("ana@city.example\r\nBcc: bo@city.example")]
    [InlineData("Ana <ana@city.example>")]
    [InlineData("ana@@city.example")]
    [InlineData("ana..ruiz@city.example")]
    [InlineData(".ana@city.example")]
    [InlineData("ana@-city.example")]
    [InlineData("аna@city.example")]
    [InlineData("\"ana ruiz\"@city.example")]
    public void Anything_else_is_refused(string text) => Assert.NotNull(MailAddress.Check(text));

    [Fact]
    public void An_address_that_is_too_long_is_refused() =>
        Assert.NotNull(MailAddress.Check("ana@" + new string('a', MailAddress.MaxLength) + ".example"));
}
