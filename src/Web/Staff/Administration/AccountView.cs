using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Administration;

/// <summary>What the forms of accounts share.</summary>
internal static class AccountView
{
    /// <summary>The roles as people read them.</summary>
    public static string RolesOf(IEnumerable<Role> roles) =>
        string.Join(", ", roles.Select(role => Json.Word(role).Replace('-', ' '))) is { Length: > 0 } text ? text : "none";

    /// <summary>The roles that a form has selected.</summary>
    public static ImmutableArray<Role> ReadRoles(this IFormCollection form) =>
        [.. Enum.GetValues<Role>().Where(role => form["roles"].Contains(Json.Word(role)))];

    /// <summary>The profile of a form, normalised, with what is wrong with it.</summary>
    public static (StaffProfile Profile, ImmutableArray<FieldError> Errors) ReadProfile(this IFormCollection form)
    {
        var profile = new StaffProfile(
            SignInName.Normalize(form["sign-in"].ToString()),
            StaffName.Normalize(form["name"].ToString()),
            form.Text("department")
        );
        var refusals = new[] { SignInName.Check(profile.SignIn), StaffName.Check(profile.Name, "name") };
        return (profile, FieldError.From(refusals.OfType<Refusal>()));
    }
}
