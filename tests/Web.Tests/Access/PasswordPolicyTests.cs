using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Tests.Access;

/// <summary>Which passwords may be used.</summary>
public sealed class PasswordPolicyTests
{
    private static readonly string[] Context = ["Ana Ruiz", "ana.ruiz@springfield.example", "City of Springfield"];

    [Theory]
    [InlineData("eleven char")]
    [InlineData("")]
    [InlineData("🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑")] // Eleven characters, though 22 UTF-16 units.
    public void A_password_of_fewer_than_12_characters_is_refused(string password) =>
        Assert.Contains("expected 12 to 256", PasswordPolicy.Check(password, Context));

    [Theory]
    [InlineData("passwordpassword")]
    [InlineData("Password1234")]
    [InlineData("P@ssw0rd1234!")]
    [InlineData("qwertyuiop[]")]
    [InlineData("1qaz2wsx3edc")]
    [InlineData("123456789012")]
    [InlineData("20261130 2026")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abcabcabcabc")]
    [InlineData("letmeinletmein")]
    [InlineData("Summer2026!!!")]
    [InlineData("sunshineprincess")]
    [InlineData("ghbdtnrfrltkf")] // A common password of twelve and more characters.
    [InlineData("zyxwvutsrqpo")]
    public void A_password_of_common_parts_is_refused(string password) =>
        Assert.Contains("easy to guess", PasswordPolicy.Check(password, Context));

    [Theory]
    [InlineData("1q2w3e4r5t6y7u8i9o")]
    [InlineData("1Q2W3E4R5T6Y7U8I9O")]
    [InlineData("handkerchief")]
    [InlineData("neversaynever")]
    [InlineData("30secondstomars")]
    [InlineData("xxPa33bq.aDNA")]
    [InlineData("N8ZGT5P0sHw=")]
    public void A_long_password_that_many_people_had_is_refused(string password) =>
        Assert.Contains("easy to guess", PasswordPolicy.Check(password, Context));

    [Fact]
    public void The_long_passwords_are_far_more_than_the_three_thousand_that_are_asked_for() =>
        Assert.Equal(44_759, CommonLongPasswords.Count);

    [Theory]
    [InlineData("Springfield2026!")]
    [InlineData("ruizspringfieldregistry")]
    [InlineData("Surveillance-Registry-1")]
    [InlineData("ana.ruiz@springfield.example")]
    public void A_password_of_words_of_the_person_and_the_city_is_refused(string password) =>
        Assert.Contains("easy to guess", PasswordPolicy.Check(password, Context));

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("kR7v2mXq9LtB")]
    [InlineData("gris nube canta despacio")]
    [InlineData("пароль из пяти разных слов")]
    public void A_long_unusual_password_is_accepted_without_rules_of_composition(string password) =>
        Assert.Null(PasswordPolicy.Check(password, Context));

    [Fact]
    public void A_password_of_256_characters_is_checked_at_once_and_one_more_is_refused()
    {
        Assert.NotNull(PasswordPolicy.Check(new string('x', 257), Context));
        Assert.NotNull(PasswordPolicy.Check(new string('x', 256), Context));
        Assert.Null(PasswordPolicy.Check(string.Concat(Enumerable.Range(0, 64).Select(i => $"{(char)('!' + i)}q~")), Context));
    }
}
