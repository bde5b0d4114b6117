using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Forms;
using SurveillanceRegistry.Web.Staff.Governance;

namespace SurveillanceRegistry.Web.Staff.Technologies;

/// <summary>
/// The fields of a technology: what the City says of it, and for each language what signs call it and why they say that it is used.
/// </summary>
internal static class TechnologyFields
{
    /// <summary>The keys of a wording that name a technology, each with the field for a language.</summary>
    private static readonly ImmutableArray<(string Key, string Field)> Keys =
    [
        ("technology", "name"),
        ("purpose", "why"),
        ("why", "short"),
    ];

    public static ImmutableDictionary<string, string> Show(Technology technology, ImmutableArray<Wording> wordings)
    {
        var fields = new Dictionary<string, string> { ["name"] = technology.Name.Trim(), ["purpose"] = technology.Purpose?.Trim() ?? "" };
        foreach (var wording in wordings)
        {
            foreach (var (key, field) in Keys)
                fields[$"{field}-{wording.Language}"] = wording.SayOr($"{key}.{technology.Id}", "");
        }

        return technology.PurposeSource is { } source
            ? fields.ToImmutableDictionary().AddRange(SourceFields.Show(source))
            : fields.ToImmutableDictionary();
    }

    /// <summary>Reads the technology; adds to <paramref name="errors"/> what is wrong with it.</summary>
    /// <param name="opened">The technology with which the form was opened. What is not on the form stays.</param>
    public static Technology Read(IFormCollection form, Technology opened, List<FieldError> errors)
    {
        var name = form.Text("name") ?? "";
        if (name.Length == 0)
            errors.Add(new FieldError("name", "Enter the name that the City uses."));
        var purpose = form.Text("purpose");
        var source = purpose is null ? null : SourceFields.Read(form, errors);
        return opened with
        {
            // The City's own wording may have blanks around it.
            Name = name == opened.Name.Trim() ? opened.Name : name,
            Purpose = purpose == opened.Purpose?.Trim() ? opened.Purpose : purpose,
            PurposeSource = source,
        };
    }

    /// <summary>What a wording would say of a technology. A text that is left empty is none.</summary>
    public static Wording Read(IFormCollection form, Wording opened, string technology)
    {
        var texts = opened.Texts;
        foreach (var (key, field) in Keys)
        {
            texts = form.Text($"{field}-{opened.Language}") is { } text
                ? texts.SetItem($"{key}.{technology}", text)
                : texts.Remove($"{key}.{technology}");
        }

        return opened with
        {
            Texts = texts,
        };
    }

    /// <summary>Maps a document and a part of it to the id of the form's field.</summary>
    public static string FieldOf(string document, string part)
    {
        if (!document.StartsWith("wording ", StringComparison.Ordinal))
            return part switch
            {
                "title" => "source-title",
                "url" => "source-url",
                "purposeSource" => "purpose",
                _ => part,
            };
        var key = part.Split('.')[0];
        return Keys.FirstOrDefault(known => known.Key == key).Field is { } field ? $"{field}-{document["wording ".Length..]}" : "";
    }

    /// <summary>The English name of a language, as staff pages call it.</summary>
    public static string NameOf(Wording wording) => CultureInfo.GetCultureInfo(wording.Language).EnglishName;
}
