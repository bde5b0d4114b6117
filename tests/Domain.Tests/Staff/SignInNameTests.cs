using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Domain.Tests.Staff;

/// <summary>One spelling of a sign-in name is one account.</summary>
public sealed class SignInNameTests
{
    [Theory]
    [InlineData("  ana@city.example ")]
    [InlineData("ANA@City.Example")]
    [InlineData("ａｎａ@city.example")] // Full-width letters.
    [InlineData("\u00A0ana@city.example\u3000")]
    public void Every_spelling_of_a_name_has_one_normal_form(string spelling) =>
        Assert.Equal("ana@city.example", SignInName.Normalize(spelling));

    [Theory]
    [InlineData("")]
    [InlineData("ana ruiz@city.example")]
    [InlineData("аna@city.example")] // A Cyrillic letter.
    [InlineData("ana\u200B@city.example")]
    [InlineData("ana\u202E@city.example")]
    [InlineData("ana\u0000@city.example")]
    [InlineData("ana\ud800@city.example")]
    [InlineData("ana\uFFFE@city.example")]
    public void A_name_with_other_characters_than_plain_ones_is_refused(string name) =>
        Assert.Equal("sign-in", SignInName.Check(SignInName.Normalize(name))?.Where);

    [Fact]
    public void A_mail_address_of_254_characters_is_the_longest_name()
    {
        var longest = new string('a', SignInName.MaxLength - "@city.example".Length) + "@city.example";
        Assert.Null(SignInName.Check(longest));
        Assert.NotNull(SignInName.Check("a" + longest));
        Assert.Null(SignInName.Check("o'hara+registry@police.city.example"));
    }

    [Theory]
    [InlineData("paul@city.example", "pau1@city.example")]
    [InlineData("bob@city.example", "b0b@city.example")]
    [InlineData("mark@city.example", "rnark@city.example")]
    public void Two_names_that_look_alike_have_one_key(string name, string other) =>
        Assert.Equal(SignInName.LookAlikeKey(name), SignInName.LookAlikeKey(other));

    [Fact]
    public void Two_names_that_look_different_have_different_keys() =>
        Assert.NotEqual(SignInName.LookAlikeKey("ana@city.example"), SignInName.LookAlikeKey("ann@city.example"));

    [Theory]
    [InlineData("Ana\nRuiz")]
    [InlineData("Ana\u202ERuiz")]
    [InlineData("Ana\u200BRuiz")]
    [InlineData("Ana\uFFFERuiz")]
    [InlineData(" ")]
    public void A_person_s_name_is_one_visible_line(string name) => Assert.NotNull(StaffName.Check(StaffName.Normalize(name), "name"));

    [Theory]
    [InlineData("  Zoë   Müller ", "Zoë Müller")]
    [InlineData("Zoe\u0308 O’Hara-李", "Zoë O’Hara-李")]
    public void A_person_s_name_keeps_its_letters_and_has_single_blanks(string typed, string stored)
    {
        Assert.Equal(stored, StaffName.Normalize(typed));
        Assert.Null(StaffName.Check(stored, "name"));
    }
}
