using System.Text;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Tests.Staff.Account;

/// <summary>How long passwords may be.</summary>
public sealed class PasswordsTests
{
    [Fact]
    public void A_password_is_as_long_as_its_characters_at_sign_in_too()
    {
        static string Clefs(int count) => new StringBuilder().Insert(0, "\U0001D11E", count).ToString(); // Two code units each.
        Assert.True(Passwords.CanBe(Clefs(Passwords.MaxLength)));
        Assert.False(Passwords.CanBe(Clefs(Passwords.MaxLength + 1)));
        Assert.True(Passwords.CanBe(new string('a', Passwords.MaxLength)));
        Assert.False(Passwords.CanBe(new string('a', Passwords.MaxLength + 1)));
    }
}
