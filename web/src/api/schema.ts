// Made by "npm run types" from the platform's OpenAPI document. Not to be edited.

export interface paths {
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign a page in: check name and password, and the code where there is a second step.
         * @description The answer sets the cookie of the session.
         */
        post: operations["sign_in"];
        /** End the session this call comes by; signing out twice is no error. */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign an app in: a token for its Authorization header.
         * @description It ends like a page's session: by itself, by DELETE /session, or from the person's list of sessions.
         */
        post: operations["new_app_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change one's own name or language. A student's name is the school's to change. */
        patch: operations["edit_me"];
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change the password, or set a first one; all other sessions of the person end. */
        put: operations["change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/password-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set a new password by a link that was made for it; every session of the person ends. The link counts once. */
        post: operations["reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where one is signed in: pages and apps, the newest first. */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        /** Sign out everywhere else, at once: sockets close, and the person leaves the calls they are in. */
        delete: operations["end_other_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign out somewhere else, at once: its sockets close, and the person leaves the calls they are in. */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Show the first code: from here on signing in asks for one. The recovery codes are told only now. */
        put: operations["confirm_second_step"];
        /** A secret for an authenticator app. It is in force once its first code was shown (PUT). */
        post: operations["begin_second_step"];
        /** Do without the second step again; needs a code, so that a page left open is not enough. */
        delete: operations["remove_second_step"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account by an invitation, become what it invites to, and sign this page in.
         * @description Somebody under 14 is not signed in: the account waits for the consent of a linked parent.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where people may have accounts by which they can sign in here. */
        get: operations["list_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/arrival": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who has come from a provider in this browser and is not in yet. */
        get: operations["show_arrival"];
        put?: never;
        /** The second step of who has come from a provider; the answer sets the cookie of the session. */
        post: operations["finish_arrival"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Send the browser to a provider. */
        get: operations["go_away"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where a provider sends the browser back to; it is sent on to a page.
         * @description Problems go to the page /sign-in as `problem=CODE`.
         */
        get: operations["come_back"];
        put?: never;
        /** The same for apps and pages that catch the redirect themselves. */
        post: operations["come_back_in_app"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The accounts elsewhere by which one can sign in. */
        get: operations["my_identities"];
        put?: never;
        /** Link the account by which this browser has just come from a provider with the person who has now signed in. */
        post: operations["link_arrival"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/identities/{identity_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign in by that account no more. */
        delete: operations["unlink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/children": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The children one is linked with, and whether their consents stand. */
        get: operations["my_children"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/children/{child_id}/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Consent to a child's account: it is active from now. Giving it twice is no error. */
        put: operations["give_consent_children"];
        post?: never;
        /** Withdraw the consent to a child's account: who is under 14 is out at once, from calls too. */
        delete: operations["withdraw_consent_children"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The schools one is in. */
        get: operations["list_schools"];
        put?: never;
        /** Set a school up and become its administrator. An operator of the server has allowed it, for one school. */
        post: operations["make_school"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One school. */
        get: operations["show_school"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Edit a school's page and details. */
        patch: operations["edit_school"];
        trace?: never;
    };
    "/api/v1/schools/{school_id}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A school's picture. `v` makes the address of another picture another one; it is not looked at. */
        get: operations["show_picture"];
        /** Give a school a picture, or another one: PNG, JPEG or WebP, at most 1 MiB. */
        put: operations["set_picture"];
        post?: never;
        /** Take a school's picture away; that there was none is no error. */
        delete: operations["drop_picture"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/years": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A school's years, the newest first. */
        get: operations["list_years"];
        put?: never;
        /** Add a school year. */
        post: operations["make_year"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/years/{year_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Edit a school year's name and days. */
        patch: operations["edit_year"];
        trace?: never;
    };
    "/api/v1/years/{year_id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Archive a year: its classes can be read by those who were in them, and changed by nobody. Lessons end. */
        post: operations["archive_years"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/years/{year_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring an archived year back with the classes that were archived with it, and their people. */
        post: operations["restore_years"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The classes the person may see, with the lessons going on in them: those that go on, or the archived ones. */
        get: operations["list_classes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{class_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One class and who is in it. A parent is shown teachers and their own children. */
        get: operations["show_class"];
        put?: never;
        post?: never;
        /** Delete a class that was made by mistake: one in which nobody ever was and nothing took place. */
        delete: operations["delete_class"];
        options?: never;
        head?: never;
        /** Edit a class. */
        patch: operations["edit_class"];
        trace?: never;
    };
    "/api/v1/schools/{school_id}/classes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a class to a year of the school, by default the one that goes on. */
        post: operations["make_class"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{class_id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Archive one class: it can be read by those who were in it, and changed by nobody. Its lesson ends. */
        post: operations["archive_classes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{class_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring an archived class back, and those of its people whom no other class has. Its year must not be archived. */
        post: operations["restore_classes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The members of a school whom one sees, by name.
         * @description Administrators see everybody; teachers see colleagues, administrators and who is in the classes they teach; students
         *     see classmates, their teachers and administrators; parents see the class's teachers and parents, administrators and
         *     their own children.
         */
        get: operations["list_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/members/{person_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Somebody of a school. */
        get: operations["show_member"];
        put?: never;
        post?: never;
        /** Take somebody out of a school with all they are in it; anybody may leave by themselves. */
        delete: operations["remove_member"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/memberships": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a class to a teacher of the school, or to a student who has none. */
        post: operations["add_membership"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/memberships/{membership_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one membership: out of a class, not out of the school. Teachers may leave a class by themselves.
         * @description A parent's ends with the link to the child.
         */
        delete: operations["end_membership"];
        options?: never;
        head?: never;
        /** Appoint a teacher administrator, or the other way round. A new membership begins; its id is answered. */
        patch: operations["change_role"];
        trace?: never;
    };
    "/api/v1/memberships/{membership_id}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Move a student to another class of the school: out of the old one and into the new one at once, with parents. */
        post: operations["transfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{child_id}/parents/{parent_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Make a parent of the school the parent of one more of its students; that they are already is no error. */
        put: operations["link_parent"];
        post?: never;
        /** End the link between a parent and a child. Administrators do it, and the parent. */
        delete: operations["unlink_parent"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{person_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Put somebody's name right. Administrators do it for people who are in their school alone.
         * @description `version` of GET /schools/{id}/members/{id} is what If-Match takes.
         */
        patch: operations["rename_person"];
        trace?: never;
    };
    "/api/v1/people/{person_id}/password-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A link by which somebody sets a new password: good once, for a day. Only for people of one's own school alone. */
        post: operations["make_password_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The invitations one may make oneself, the newest first: of the school, of classes taught, for own parents. */
        get: operations["list_invitations"];
        put?: never;
        /** Invite teachers, students, or the parents of a child. The code is told this once. */
        post: operations["make_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{invitation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an invitation: its code opens nothing from here on. Revoking twice is no error. */
        delete: operations["revoke_invitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitation-codes/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a code leads to, before one signs in. Whoever holds it learns the school and the class, nobody's name. */
        get: operations["show_invitation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitation-codes/{code}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Come in by an invitation. */
        post: operations["accept_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which school it is that one is about to ask. Its address is unguessable: whoever has it was given it. */
        get: operations["show_card"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The requests one decides, the oldest first: of the school, or of the classes taught. */
        get: operations["list_requests"];
        put?: never;
        /** Ask to join a school whose address one has, or to get a class in one's own. */
        post: operations["ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What one has asked for oneself. */
        get: operations["list_own"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{request_id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let somebody in who has asked: into the class they asked for, or another that one may let people into. */
        post: operations["accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{request_id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do not let somebody in who has asked. They may ask again. */
        post: operations["decline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/requests/{request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw one's own request. */
        delete: operations["withdraw"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read a table (CSV or XLSX, at most 512 KiB and 1,000 lines) and show it line by line with what is wrong.
         * @description The first line names the columns, in Russian or English: full name, or first and last names; class, role, birth
         *     date. Nothing is done yet.
         */
        post: operations["read_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{import_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A table that was read. It is kept for a day. */
        get: operations["show_import"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{import_id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a table over, all of it or nothing: 409 tells the lines with what is wrong as member `items`. */
        post: operations["apply_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/regions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The regions one operates. */
        get: operations["list_regions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/regions/{region_id}/roll-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the schools of a region take Sfera up: counts, never names of people; those under five are not told. */
        get: operations["show_roll_out"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/regions/{region_id}/roll-out.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as a table for spreadsheets: UTF-8, semicolons, a row for each school. */
        get: operations["export_roll_out"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what to whom in a school, the newest first. Nothing of it can be changed or deleted. */
        get: operations["read_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/guide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** First steps for each role one has, and which of them are done. */
        get: operations["show_guide"];
        /** Put a guide away, find it again, or say which steps were done. */
        put: operations["edit_guide"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The copy that was made last. */
        get: operations["fetch_export"];
        put?: never;
        /** Make a copy of what the platform knows of oneself. It is kept for a week. */
        post: operations["export_me"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own deletion that waits for its day. */
        get: operations["my_erasure"];
        put?: never;
        /** Ask for one's own deletion, confirmed in writing. It can be withdrawn for two weeks. */
        post: operations["erase_me"];
        /** Withdraw one's own deletion. */
        delete: operations["keep_me"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{person_id}/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The deletion of somebody that waits for its day. */
        get: operations["show_erasure"];
        put?: never;
        /** Ask for the deletion of somebody whose data one's school is responsible for, confirmed in writing. */
        post: operations["erase_person"];
        /** Withdraw somebody's deletion. */
        delete: operations["keep_person"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What one has agreed to, and what was agreed to about oneself. */
        get: operations["my_consents"];
        put?: never;
        /** Agree to the processing of one's data. Agreeing twice is no error. */
        post: operations["give_consent_me"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/consents/{consent_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw one's own consent to processing. A parent's consent to an account ends at the child's (DELETE /children/{id}/consent), for what comes of it. */
        delete: operations["withdraw_consent_me"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The register of consents about the members of a school, the newest first. */
        get: operations["read_register"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lessons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a lesson of a class; 409 names the one that goes on already. */
        post: operations["start_lesson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lessons/{lesson_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One lesson, going on or over. */
        get: operations["show_lesson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lessons/{lesson_id}/ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A ticket to the lesson's room.
         * @description The room is made first: a media node that was restarted knows none.
         */
        post: operations["give_ticket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lessons/{lesson_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a lesson for all; ending it twice is no error. Tickets are dead from here on. */
        post: operations["end_lesson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lessons/{lesson_id}/broadcast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The broadcast a lesson is on air with, for everybody who may enter it: they are seen in it. */
        get: operations["show_broadcast_of_lesson"];
        put?: never;
        /**
         * Put a lesson on air; 409 names the broadcast it is on air with already.
         * @description What does not get on air is not left half open: after 503 there is no broadcast, and the call may be repeated.
         */
        post: operations["start_broadcast"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/broadcasts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Broadcasts of the person's schools, live and recorded, newest first. */
        get: operations["list_broadcasts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/broadcasts/{broadcast_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One broadcast: for those of its school, and for whoever has the link where it is public. */
        get: operations["show_broadcast"];
        put?: never;
        post?: never;
        /** Delete a broadcast with its recording; one on air is taken off. */
        delete: operations["delete_broadcast"];
        options?: never;
        head?: never;
        /** Give a broadcast another title. */
        patch: operations["edit_broadcast"];
        trace?: never;
    };
    "/api/v1/broadcasts/{broadcast_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a broadcast off air; the recording stays. Ending it twice is no error. */
        post: operations["end_broadcast"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lessons/{lesson_id}/stream-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys of a lesson, for those who lead it; what opens the room is not among it. */
        get: operations["list_stream_keys"];
        put?: never;
        /**
         * Make a key with which an encoder publishes to the lesson (WHIP) or a player receives it (WHEP).
         * @description The key is shown this once. It works until it expires, is revoked, or the lesson ends.
         */
        post: operations["issue_stream_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream-keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a key; its stream ends at once. Revoking it twice is no error. */
        delete: operations["revoke_stream_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own cloud: a folder of it, what is called so, or the trash. */
        get: operations["list_own_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Documents and videos of a school. */
        get: operations["list_school_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{class_id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Documents and videos of a class. */
        get: operations["list_class_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Files by their ids, with new links: what a page of a chat shows. Those one may not read are left out. */
        get: operations["find_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One file, with new links, pictures of its pages, and who can see it. */
        get: operations["show_file"];
        put?: never;
        post?: never;
        /**
         * Put a file into the trash, where it can be taken out for 30 days; one of an album or an article is gone at once.
         * @description Nobody reads it meanwhile, in chats neither.
         */
        delete: operations["trash_file"];
        options?: never;
        head?: never;
        /** Rename a file, move it to another folder of its place, say what a picture shows. */
        patch: operations["edit_file"];
        trace?: never;
    };
    "/api/v1/files/{file_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a file out of the trash; that it is not there is no error. */
        post: operations["restore_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{file_id}/copies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a file that one may read into one's own cloud, a school or a class as well. No bytes are moved. */
        post: operations["copy_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete for good what is in the trash of one's own cloud. */
        delete: operations["empty_own_trash"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete for good what is in the trash of a school's sections; administrators do. */
        delete: operations["empty_school_trash"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{class_id}/trash": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete for good what is in the trash of a class's sections. */
        delete: operations["empty_class_trash"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a folder in one's own cloud. */
        post: operations["make_own_folder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a folder among a school's documents or videos. */
        post: operations["make_school_folder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{class_id}/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a folder among a class's documents or videos. */
        post: operations["make_class_folder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/folders/{folder_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Put a folder into the trash with all that stands in it. */
        delete: operations["trash_folder"];
        options?: never;
        head?: never;
        /** Rename a folder, or move it into another one of the same place. */
        patch: operations["edit_folder"];
        trace?: never;
    };
    "/api/v1/folders/{folder_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a folder out of the trash with what went there with it; that it is not there is no error. */
        post: operations["restore_folder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{file_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A file's bytes, by the address its `links` name; ranges, If-Range and If-None-Match are known.
         * @description What a browser would run is sent to be saved, whatever is asked for.
         */
        get: operations["send_content"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{file_id}/previews/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A picture of a file, of one of its pages, or its rendition, likewise. */
        get: operations["send_preview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin an upload: Upload-Length, Upload-Metadata (`filename`, `to`, `id`, `section`, `folder_id`, `caption`).
         * @description `to` is `own`, `attachment` (for a message), `school`, `class` or `album`; `id` which of them. The answer's Location
         *     is where pieces go.
         */
        post: operations["begin_upload"];
        delete?: never;
        /** Which parts of tus 1.0 are spoken here, and how large a file may be. */
        options: operations["tell_tus"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far an upload of one's own is, and the file that came of it. HEAD is how tus asks (Upload-Offset). */
        get: operations["show_upload"];
        put?: never;
        post?: never;
        /** Give an upload up, or forget one that is over; a file that came of it stays. */
        delete: operations["cancel_upload"];
        options?: never;
        head?: never;
        /**
         * Send bytes from Upload-Offset on. What has come is kept, however the connection ends.
         * @description With Upload-Checksum (sha1, sha256) a piece has at most 4 MiB, and is kept when it fits.
         */
        patch: operations["receive_piece"];
        trace?: never;
    };
    "/api/v1/schools/{school_id}/articles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Articles of a school, the newest first. */
        get: operations["list_school_articles"];
        put?: never;
        /**
         * Begin an article of a school: a draft, which only its editors see.
         * @description Files that blocks name (one's own, or of a place one may edit) are copied into the article: the blocks of the answer
         *     name the copies.
         */
        post: operations["begin_school_article"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{class_id}/articles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Articles of a class. */
        get: operations["list_class_articles"];
        put?: never;
        /** Begin an article of a class, likewise. */
        post: operations["begin_class_article"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/articles/{article_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One article. */
        get: operations["show_article"];
        put?: never;
        post?: never;
        /** Delete an article with its files, for good. */
        delete: operations["delete_article"];
        options?: never;
        head?: never;
        /** Edit an article; of a published one everybody sees it at once. 412 when somebody else has edited it meanwhile. */
        patch: operations["edit_article"];
        trace?: never;
    };
    "/api/v1/articles/{article_id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let everybody of its school or class read an article; that they do already is no error. */
        post: operations["publish_article"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/articles/{article_id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a draft of an article again. */
        post: operations["withdraw_article"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/articles/{article_id}/like": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Like an article. */
        put: operations["like_article"];
        post?: never;
        /** Like it no more. */
        delete: operations["unlike_article"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/articles/{article_id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was said about a published article, the newest first; a draft has no comments. */
        get: operations["list_comments"];
        put?: never;
        /** Comment on a published article; the same `client_id` never makes two of it (200). */
        post: operations["add_comment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/articles/{article_id}/comments/{comment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a comment, for good: one's own, anybody's as who may edit the article. */
        delete: operations["delete_comment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/albums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Photo and video reports of a school, the newest first. */
        get: operations["list_school_albums"];
        put?: never;
        /** Make an album of a school. What it holds is uploaded into it, or put there from one's own files. */
        post: operations["make_school_album"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{class_id}/albums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Photo and video reports of a class. */
        get: operations["list_class_albums"];
        put?: never;
        /** Make an album of a class, likewise. */
        post: operations["make_class_album"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/albums/{album_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One album with all that is in it. */
        get: operations["show_album"];
        put?: never;
        post?: never;
        /** Delete an album with all that is in it, for good. */
        delete: operations["delete_album"];
        options?: never;
        head?: never;
        /** Edit an album's title and text, and the order of what is in it. */
        patch: operations["edit_album"];
        trace?: never;
    };
    "/api/v1/albums/{album_id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a picture or video of one's own into an album, behind what is there. It is a copy; no bytes are moved. */
        post: operations["put_into_album"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/albums/{album_id}/like": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Like an album. */
        put: operations["like_album"];
        post?: never;
        /** Like it no more. */
        delete: operations["unlike_album"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/feed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was posted for the whole school. */
        get: operations["show_school_feed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{class_id}/feed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was posted for a class. */
        get: operations["show_class_feed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's chats, the newest message first; at most 500.
         * @description Chats of classes follow the class list by themselves. Administrators find those they have not joined by `others`.
         */
        get: operations["list_chats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One chat, with how many people of each role may read it. */
        get: operations["show_chat"];
        put?: never;
        post?: never;
        /** Delete a chat for everybody. A class's first two stay as long as the class. */
        delete: operations["delete_chat"];
        options?: never;
        head?: never;
        /** Give a chat another title: a group's owner, of a class's who leads in it, of the school's administrators. */
        patch: operations["edit_chat"];
        trace?: never;
    };
    "/api/v1/schools/{school_id}/chats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a chat: with one contact, with several, or, as an administrator, one of the school or a channel.
         * @description A personal chat that is there already is answered with 200. In a group everybody is everybody's contact.
         */
        post: operations["make_chat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes/{class_id}/chats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** One more chat of a class or of its parents; every class has one of each from the start. */
        post: operations["make_class_chat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who reads a chat, by name: those whom one sees in the school. How many there are in all says the chat itself. */
        get: operations["list_chat_people"];
        put?: never;
        /** Take contacts into one's group. They read what is written from here on. */
        post: operations["add_chat_people"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/people/{person_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take somebody out of one's group, or leave a group. It passes to who was in it longest when its owner leaves. */
        delete: operations["remove_chat_person"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/joined": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Take a class's chat into one's list, as an administrator; everybody else's are there by themselves. */
        put: operations["join_chat"];
        post?: never;
        /** Take it out of the list again. It can still be read, and its readers still count one. */
        delete: operations["unjoin_chat"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whom one may write to, by name.
         * @description Students: classmates, teachers of their class, administrators, their parents. Teachers: colleagues, administrators,
         *     students and parents of the classes they teach. Parents: teachers and parents of the child's class, their children.
         *     Administrators: everybody but parents, whom they meet in the parents' chats.
         */
        get: operations["list_contacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** One has read up to a message. Nobody is ever told who has not. */
        put: operations["move_read"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep what one has begun to write for one's other devices; an empty draft is none. */
        put: operations["keep_draft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/mute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Be told of nothing in a chat, for a while or for ever; it is read and counted as before. */
        put: operations["mute_chat"];
        post?: never;
        /** Be told again. */
        delete: operations["unmute_chat"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A stretch of a chat, from when on one reads it; the newest messages unless a place is named. */
        get: operations["list_messages"];
        put?: never;
        /**
         * Send a message. Once it is answered it is not lost, and the same `client_id` never makes two of it (200).
         * @description Who may write is asked at every send: in personal chats and groups everybody must be a contact still.
         */
        post: operations["send_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/forwards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forward a message to a chat whose readers may all read it where it stands. A poll is not forwarded. */
        post: operations["forward_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/messages/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One message. */
        get: operations["show_message"];
        put?: never;
        post?: never;
        /** Delete a message: one's own within 48 hours, anybody's as who moderates. Its place stays, empty. */
        delete: operations["delete_message"];
        options?: never;
        head?: never;
        /** Change what one has written, within 48 hours. */
        patch: operations["edit_message"];
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/messages/{number}/reactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** React with an emoji, at most three to a message; everybody who reads may. */
        put: operations["react"];
        post?: never;
        /** Take one's reaction back. */
        delete: operations["unreact"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/messages/{number}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Pin a message: who moderates, and both in a personal chat. */
        put: operations["pin_message"];
        post?: never;
        /** Take a pinned message down. */
        delete: operations["unpin_message"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/pins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is pinned in a chat, the newest pin first; at most 50. */
        get: operations["list_pins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/messages/{number}/vote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Vote in a poll, otherwise than before, or, with no option, take the vote back. */
        put: operations["vote"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/messages/{number}/close-poll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close a poll one has asked, or as who moderates. */
        post: operations["close_poll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/messages/{number}/votes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who voted for what, in a poll that is not anonymous. */
        get: operations["list_votes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/messages/{number}/readers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many others have read a message. Nobody is named, so nobody is named as not having read. */
        get: operations["count_readers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Messages in which all the words stand, in any of their forms, the newest first.
         * @description Case does not matter, nor yo and ye. Only chats one reads are searched, and only from when on one reads them.
         */
        get: operations["search_messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/scheduled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's posts that wait for their time in a channel. */
        get: operations["list_scheduled"];
        put?: never;
        /** Write a post for later. Whether one may still post is asked when its time has come; it is sent once. */
        post: operations["schedule_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/scheduled/{post_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a post back before its time. */
        delete: operations["unschedule_post"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{chat_id}/messages/{number}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring a message one reads before the school's administrators, as it is now. Reporting it twice is no error.
         * @description Its author is not told who did. An administrator who decides sees the message, also one of a personal chat.
         */
        post: operations["report_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/articles/{article_id}/comments/{comment_id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a comment one reads before the school's administrators, likewise. */
        post: operations["report_comment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages and comments that were reported in a school: those that wait, or those that were decided about. */
        get: operations["list_reports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{report_id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Dismiss a report, or delete the message or comment. All reports of it that wait are decided alike. */
        post: operations["decide_report"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schools/{school_id}/chat-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A school's restricted words, and how long its messages are kept. */
        get: operations["show_policy"];
        /** Decide about words and retention. It holds for what is sent from here on; old messages go within the hour. */
        put: operations["set_policy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When and how one is told; from 21:00 to 07:00 nobody is, unless they have set it otherwise. */
        get: operations["show_notifications"];
        /** Set one's quiet hours, and whether a push says what was written. */
        put: operations["set_notifications"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/push": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a page subscribes to pushes with, and which browsers are told already. */
        get: operations["show_push"];
        put?: never;
        /**
         * Have this browser told of new messages, as long as one is signed in here.
         * @description One that is known already is put right; of more than ten the oldest goes.
         */
        post: operations["subscribe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/push/{subscription_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Tell a browser nothing more. */
        delete: operations["unsubscribe"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened behind a cursor, waiting up to `wait` seconds for it.
         * @description Without `after`: no events, and the cursor at which the log ends now. Read that first, then the things themselves,
         *     then the events behind it. `resync_required` (410) says to begin so again.
         */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a page must know before anybody signs in. */
        get: operations["client_config"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is read here, for programs: OpenAPI 3.1. */
        get: operations["show_openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Accept
         * @description Body of POST /requests/{id}/accept: the class, where the one asked for is not it; a parent's child.
         */
        Accept: {
            /** @default null */
            class_id?: string | null;
            /** @default null */
            child_id?: string | null;
        };
        /**
         * Account
         * @description What came of it. `active` is false while a parent's consent is awaited: then nobody is signed in.
         */
        Account: {
            active: boolean;
            me: components["schemas"]["Me"];
        };
        /**
         * Action
         * @description What can be done in a school. The values are also the names in the audit of refusals and in answers' `may`.
         * @enum {unknown}
         */
        Action: "decide_reports" | "decide_requests" | "edit_school" | "enter_lessons" | "erase_people" | "import_people" | "invite_parents" | "invite_students" | "invite_teachers" | "keep_files" | "lead_lessons" | "manage_class_chats" | "manage_classes" | "manage_materials" | "manage_members" | "manage_school_chats" | "manage_years" | "post_in_channels" | "post_materials" | "post_polls" | "read_audit" | "read_consents" | "request_to_join" | "see_class" | "see_school" | "start_broadcasts" | "use_chats" | "watch_broadcasts";
        /**
         * AddPeople
         * @description Body of POST /chats/{id}/people.
         */
        AddPeople: {
            people: string[];
        };
        /**
         * Album
         * @description A photo or video report in a list.
         */
        Album: {
            id: string;
            title: string;
            about: string;
            place: components["schemas"]["Place"];
            author: components["schemas"]["Named"];
            created_at: string;
            items: number;
            cover: components["schemas"]["File"] | null;
            likes: number;
            liked: boolean;
            may_edit: boolean;
            version: number;
        };
        /**
         * AlbumDetails
         * @description An album with what is in it, in order.
         */
        AlbumDetails: {
            id: string;
            title: string;
            about: string;
            place: components["schemas"]["Place"];
            author: components["schemas"]["Named"];
            created_at: string;
            items: number;
            cover: components["schemas"]["File"] | null;
            likes: number;
            liked: boolean;
            may_edit: boolean;
            version: number;
            files: components["schemas"]["File"][];
        };
        /**
         * Albums
         * @description A page of albums, the newest first.
         */
        Albums: {
            items: components["schemas"]["Album"][];
            next: string | null;
            may_post: boolean;
        };
        /**
         * Applied
         * @description What an import made.
         */
        Applied: {
            items: components["schemas"]["Taken"][];
        };
        /**
         * ApplyImport
         * @description Body of POST /imports/{id}/apply.
         *
         *         `codes`: each person gets a code by which they take over their account themselves. `accounts`: each gets a login and
         *         a password from the school; students' birth dates must be known, and who is under 14 waits for a parent's consent.
         */
        ApplyImport: {
            /**
             * @default codes
             * @enum {unknown}
             */
            way?: "accounts" | "codes";
        };
        /**
         * ArrivalCode
         * @description Body of POST /sign-in/arrival.
         */
        ArrivalCode: {
            code: string;
        };
        /**
         * ArrivalInfo
         * @description Who has come in this browser and is not in yet.
         */
        ArrivalInfo: {
            provider: string;
            provider_name: string;
            name: string;
            birth_date: string | null;
            /** @enum {unknown} */
            outcome: "code_needed" | "unknown";
        };
        /**
         * Article
         * @description An article in a list.
         */
        Article: {
            id: string;
            title: string;
            place: components["schemas"]["Place"];
            author: components["schemas"]["Named"];
            /** @enum {unknown} */
            state: "draft" | "published";
            created_at: string;
            changed_at: string;
            published_at: string | null;
            minutes: number;
            cover: components["schemas"]["File"] | null;
            likes: number;
            liked: boolean;
            may_edit: boolean;
            version: number;
        };
        /**
         * ArticleDetails
         * @description An article to be read, with the files its blocks name. A file that is not among them is gone.
         */
        ArticleDetails: {
            id: string;
            title: string;
            place: components["schemas"]["Place"];
            author: components["schemas"]["Named"];
            /** @enum {unknown} */
            state: "draft" | "published";
            created_at: string;
            changed_at: string;
            published_at: string | null;
            minutes: number;
            cover: components["schemas"]["File"] | null;
            likes: number;
            liked: boolean;
            may_edit: boolean;
            version: number;
            blocks: (components["schemas"]["Heading"] | components["schemas"]["Paragraph"] | components["schemas"]["Quote"] | components["schemas"]["Items"] | components["schemas"]["Picture"] | components["schemas"]["Video"] | components["schemas"]["ArticlesAttachment"])[];
            files: components["schemas"]["File"][];
            comments: number;
        };
        /**
         * Articles
         * @description A page of articles, the newest first.
         */
        Articles: {
            items: components["schemas"]["Article"][];
            next: string | null;
            may_post: boolean;
        };
        /**
         * Audit
         * @description A page of the audit, the newest first.
         */
        Audit: {
            items: components["schemas"]["AuditEntry"][];
            next: string | null;
        };
        /**
         * AuditEntry
         * @description Who did what to whom. Names are as they are now; who was erased has none.
         */
        AuditEntry: {
            id: number;
            at: string;
            /** @enum {unknown} */
            by: "operator" | "person" | "system";
            actor: components["schemas"]["Named"] | null;
            action: string;
            object_kind: string;
            object_id: string;
            person: components["schemas"]["Named"] | null;
            data: Record<string, never>;
        };
        /**
         * BackInApp
         * @description Body of POST /sign-in/{provider}/callback.
         */
        BackInApp: {
            state: string;
            code: string;
            /** @default  */
            device_id?: string;
        };
        /**
         * Broadcast
         * @description A broadcast as one person sees it. Who only has a public link is not told of persons, class and lesson.
         */
        Broadcast: {
            id: string;
            title: string;
            /** @enum {unknown} */
            audience: "public" | "school";
            /** @enum {unknown} */
            state: "ended" | "live";
            school: components["schemas"]["Named"];
            class: components["schemas"]["Named"] | null;
            started_by: components["schemas"]["Named"] | null;
            lesson_id: string | null;
            started_at: string;
            ended_at: string | null;
            playlist_url: string;
            may_lead: boolean;
        };
        /**
         * Broadcasts
         * @description Answer of GET /broadcasts.
         */
        Broadcasts: {
            items: components["schemas"]["Broadcast"][];
            next: string | null;
        };
        /**
         * Came
         * @description What came of it.
         *
         *         `code_needed`: POST /sign-in/arrival with a code of the second step. `unknown`: nobody here is linked with that
         *         account; sign in and POST /me/identities, or register by an invitation with `arrival`.
         */
        Came: {
            /** @enum {unknown} */
            outcome: "code_needed" | "linked" | "signed_in" | "unknown";
            return_to: string;
        };
        /**
         * ChangePassword
         * @description Body of PUT /me/password. Who has none yet gives no old one, and may choose a login.
         */
        ChangePassword: {
            password: string;
            /** @default null */
            old?: string | null;
            /** @default null */
            login?: string | null;
        };
        /**
         * Chat
         * @description A chat as one person meets it.
         */
        Chat: {
            id: string;
            /** @enum {unknown} */
            kind: "channel" | "class" | "group" | "parents" | "personal" | "school";
            title: string;
            school: components["schemas"]["Named"];
            class: components["schemas"]["Named"] | null;
            audience: ("everybody" | "staff") | null;
            other: components["schemas"]["Named"] | null;
            owner_id: string | null;
            archived: boolean;
            last: components["schemas"]["Message"] | null;
            last_number: number;
            read_number: number;
            unread: number;
            other_read: number | null;
            muted: boolean;
            muted_until: string | null;
            draft: components["schemas"]["Draft"] | null;
            joined: boolean;
            may: ("delete" | "edit" | "join" | "leave" | "moderate" | "people" | "pin" | "poll" | "post" | "react" | "schedule")[];
            readers: components["schemas"]["ChatsReaders"] | null;
            version: number;
        };
        /**
         * ChatPeople
         * @description A page of a chat's readers by name, as far as one sees them.
         */
        ChatPeople: {
            items: components["schemas"]["ChatPerson"][];
            next: string | null;
        };
        /**
         * ChatPerson
         * @description Somebody who reads a chat.
         */
        ChatPerson: {
            id: string;
            name: string;
            /** @enum {unknown} */
            role: "administrator" | "parent" | "student" | "teacher";
            owner: boolean;
        };
        /**
         * ChatPolicy
         * @description What a school has decided about its chats.
         */
        ChatPolicy: {
            words: components["schemas"]["RestrictedWord"][];
            retention_days: number | null;
            version: number;
        };
        /**
         * Chats
         * @description Answer of GET /chats, the newest message first.
         */
        Chats: {
            items: components["schemas"]["Chat"][];
        };
        /**
         * Child
         * @description A child as their parent sees them.
         */
        Child: {
            id: string;
            name: string;
            birth_date: string | null;
            active: boolean;
            needs_consent: boolean;
            consent: components["schemas"]["PeopleConsent"] | null;
        };
        /**
         * Children
         * @description Answer of GET /me/children.
         */
        Children: {
            items: components["schemas"]["Child"][];
            text_version: string;
        };
        /**
         * ClientConfig
         * @description What a page must know before anybody signs in.
         */
        ClientConfig: {
            name: string;
            version: string;
            signal_url: string;
        };
        /**
         * Comment
         * @description What somebody said about an article. They follow one another by `number`.
         */
        Comment: {
            id: string;
            number: number;
            author: components["schemas"]["Named"];
            at: string;
            text: string;
            client_id: string;
            flagged: boolean;
        };
        /**
         * Comments
         * @description A page of comments, the newest first, and what who asks may do with them all.
         */
        Comments: {
            items: components["schemas"]["Comment"][];
            next: string | null;
            count: number;
            may_comment: boolean;
            may_moderate: boolean;
        };
        /**
         * Confirmation
         * @description Body of POST /me/erasure and /people/{id}/erasure: the login of the account, or the name where it has none.
         */
        Confirmation: {
            confirmation: string;
        };
        /**
         * Consents
         * @description A page of the register, the newest first.
         */
        Consents: {
            items: components["schemas"]["PrivacyConsent"][];
            next: string | null;
        };
        /**
         * Contact
         * @description Somebody one may write to.
         */
        Contact: {
            id: string;
            name: string;
            roles: components["schemas"]["ContactRole"][];
        };
        /**
         * ContactRole
         * @description What somebody is in the school.
         */
        ContactRole: {
            /** @enum {unknown} */
            role: "administrator" | "parent" | "student" | "teacher";
            class: components["schemas"]["Named"] | null;
        };
        /**
         * Decision
         * @description Body of POST /reports/{id}/decide.
         */
        Decision: {
            /** @enum {unknown} */
            action: "delete" | "dismiss";
        };
        /**
         * Draft
         * @description What somebody has begun to write.
         */
        Draft: {
            text: string;
            reply_to: number | null;
            at: string;
        };
        /**
         * EditAlbum
         * @description Body of PATCH /albums/{id}. `order`: the ids of its files as they are to stand; those not named come behind.
         */
        EditAlbum: {
            title?: string;
            about?: string;
            order?: string[];
        };
        /**
         * EditArticle
         * @description Body of PATCH /articles/{id}.
         */
        EditArticle: {
            title?: string;
            blocks?: (components["schemas"]["Heading"] | components["schemas"]["Paragraph"] | components["schemas"]["Quote"] | components["schemas"]["Items"] | components["schemas"]["Picture"] | components["schemas"]["Video"] | components["schemas"]["ArticlesAttachment"])[];
        };
        /**
         * EditChat
         * @description Body of PATCH /chats/{id}.
         */
        EditChat: {
            title: string;
        };
        /**
         * EditClass
         * @description Body of PATCH /classes/{id}; what is not there stays as it is.
         */
        EditClass: {
            name?: string;
        };
        /**
         * EditFile
         * @description Body of PATCH /files/{id}; `folder_id` null moves it to the top.
         */
        EditFile: {
            name?: string;
            folder_id?: string | null;
            caption?: string;
        };
        /**
         * EditFolder
         * @description Body of PATCH /folders/{id}; `parent_id` null moves it to the top.
         */
        EditFolder: {
            name?: string;
            parent_id?: string | null;
        };
        /**
         * EditGuide
         * @description Body of PUT /me/guide: put a role's guide away or find it again; say that steps are done.
         */
        EditGuide: {
            /** @enum {unknown} */
            role: "administrator" | "parent" | "region_operator" | "student" | "teacher";
            put_away?: boolean;
            done?: string[];
        };
        /**
         * EditMe
         * @description Body of PATCH /me; what is not there stays as it is.
         */
        EditMe: {
            name?: string;
            locale?: ("en" | "ru") | null;
        };
        /**
         * EditMembership
         * @description Body of PATCH /memberships/{id}.
         */
        EditMembership: {
            /** @enum {unknown} */
            role: "administrator" | "teacher";
        };
        /**
         * EditMessage
         * @description Body of PATCH /chats/{id}/messages/{number}.
         */
        EditMessage: {
            text: string;
            mentions?: string[];
        };
        /**
         * EditSchool
         * @description Body of PATCH /schools/{id}; what is not there stays as it is.
         */
        EditSchool: {
            name?: string;
            city?: string;
            address?: string;
            about?: string;
            contacts?: components["schemas"]["SchoolsContacts"];
        };
        /**
         * EditYear
         * @description Body of PATCH /years/{id}; what is not there stays as it is.
         */
        EditYear: {
            name?: string;
            /** Format: date */
            starts_on?: string;
            /** Format: date */
            ends_on?: string;
        };
        /**
         * EditedBroadcast
         * @description Body of PATCH /broadcasts/{id}.
         */
        EditedBroadcast: {
            title: string;
        };
        /**
         * Erasure
         * @description A deletion that was asked for. Until `due_at` it can be withdrawn.
         */
        Erasure: {
            id: string;
            person: components["schemas"]["Named"];
            requested_at: string;
            due_at: string;
        };
        /**
         * Event
         * @description Something changed; read it again. `kind` is `<thing>.<what happened>`, `subject` the thing's id.
         */
        Event: {
            kind: string;
            subject: string;
            at: string;
            /** @default null */
            school?: string | null;
            /** @default null */
            class?: string | null;
            /** @default null */
            person?: string | null;
            /** @default null */
            data?: Record<string, never> | null;
            /** @default null */
            message?: components["schemas"]["Message"] | null;
        };
        /**
         * Events
         * @description Answer of GET /events. `cursor` is what the next call says as `after`.
         */
        Events: {
            items: components["schemas"]["Event"][];
            cursor: string;
        };
        /**
         * Export
         * @description A copy of what the platform knows of somebody, ready to be fetched.
         */
        Export: {
            id: string;
            requested_at: string;
            expires_at: string;
            size: number;
        };
        /**
         * Fault
         * @description What is wrong in a line. `value` is what stands there, or, of `repeated`, the line it repeats.
         */
        Fault: {
            /** @enum {unknown} */
            code: "already_member" | "birth_date_invalid" | "birth_date_missing" | "class_missing" | "class_unknown" | "formula" | "name_invalid" | "name_missing" | "name_too_long" | "repeated" | "role_unknown";
            column: string;
            /** @default  */
            value: string;
        };
        /**
         * Feed
         * @description A page of what was posted, the newest first.
         */
        Feed: {
            items: components["schemas"]["FeedItem"][];
            next: string | null;
            may_post: boolean;
        };
        /**
         * FeedItem
         * @description Something that was posted; one of the three is there.
         */
        FeedItem: {
            /** @enum {unknown} */
            kind: "album" | "article" | "file" | "video";
            at: string;
            /** @default null */
            article: components["schemas"]["Article"] | null;
            /** @default null */
            album: components["schemas"]["Album"] | null;
            /** @default null */
            file: components["schemas"]["File"] | null;
        };
        /**
         * File
         * @description A file as one person sees it.
         */
        File: {
            id: string;
            name: string;
            media_type: string;
            /** @enum {unknown} */
            kind: "archive" | "audio" | "office" | "other" | "pdf" | "picture" | "text" | "video";
            size: number;
            place: components["schemas"]["Place"];
            /** @enum {unknown} */
            section: "albums" | "articles" | "attachments" | "documents" | "videos";
            folder_id: string | null;
            owner: components["schemas"]["Named"];
            created_at: string;
            trashed_at: string | null;
            caption: string;
            width: number | null;
            height: number | null;
            duration: number | null;
            pages: number | null;
            /** @enum {unknown} */
            previews: "none" | "ready" | "waiting";
            links: components["schemas"]["FileLinks"];
            may_edit: boolean;
            version: number;
        };
        /**
         * FileDetails
         * @description A file with a picture of each page, the first 50, and who can see it.
         */
        FileDetails: {
            id: string;
            name: string;
            media_type: string;
            /** @enum {unknown} */
            kind: "archive" | "audio" | "office" | "other" | "pdf" | "picture" | "text" | "video";
            size: number;
            place: components["schemas"]["Place"];
            /** @enum {unknown} */
            section: "albums" | "articles" | "attachments" | "documents" | "videos";
            folder_id: string | null;
            owner: components["schemas"]["Named"];
            created_at: string;
            trashed_at: string | null;
            caption: string;
            width: number | null;
            height: number | null;
            duration: number | null;
            pages: number | null;
            /** @enum {unknown} */
            previews: "none" | "ready" | "waiting";
            links: components["schemas"]["FileLinks"];
            may_edit: boolean;
            version: number;
            page_links: string[];
            readers: components["schemas"]["DocumentsReaders"];
        };
        /**
         * FileLinks
         * @description Addresses of a file's bytes and pictures, for this session and some minutes; ask again for new ones.
         */
        FileLinks: {
            content: string;
            download: string;
            /** @default null */
            small: string | null;
            /** @default null */
            medium: string | null;
            /** @default null */
            large: string | null;
            /** @default null */
            poster: string | null;
            /** @default null */
            video: string | null;
        };
        /**
         * Files
         * @description Those of the files asked for that one may read, in that order; the others are gone, or not for oneself.
         */
        Files: {
            items: components["schemas"]["File"][];
        };
        /**
         * Folder
         * @description A folder as one person sees it.
         */
        Folder: {
            id: string;
            name: string;
            parent_id: string | null;
            place: components["schemas"]["Place"];
            /** @enum {unknown} */
            section: "albums" | "articles" | "attachments" | "documents" | "videos";
            owner: components["schemas"]["Named"];
            created_at: string;
            trashed_at: string | null;
            may_edit: boolean;
            version: number;
        };
        /**
         * Forward
         * @description Body of POST /chats/{id}/forwards: which message of which chat comes here.
         */
        Forward: {
            client_id: string;
            from_chat: string;
            number: number;
        };
        /**
         * Forwarded
         * @description Who wrote it first, and when.
         */
        Forwarded: {
            author: components["schemas"]["Named"];
            at: string;
        };
        /**
         * Found
         * @description A page of what was found, the newest first.
         */
        Found: {
            items: components["schemas"]["FoundMessage"][];
            next: string | null;
        };
        /**
         * FoundMessage
         * @description A message that was looked for, and where it stands.
         */
        FoundMessage: {
            chat: components["schemas"]["Named"];
            /** @enum {unknown} */
            kind: "channel" | "class" | "group" | "parents" | "personal" | "school";
            message: components["schemas"]["Message"];
        };
        /**
         * GiveConsent
         * @description Body of PUT /children/{id}/consent: the wording the parent has read.
         */
        GiveConsent: {
            text_version: string;
        };
        /**
         * Guide
         * @description What to do first in a role.
         */
        Guide: {
            /** @enum {unknown} */
            role: "administrator" | "parent" | "region_operator" | "student" | "teacher";
            steps: components["schemas"]["Step"][];
            done: boolean;
            put_away: boolean;
        };
        /**
         * Guides
         * @description Answer of GET and PUT /me/guide: a guide for each role the person has.
         */
        Guides: {
            items: components["schemas"]["Guide"][];
        };
        /**
         * HeadCount
         * @description How many people hold a role in the school.
         */
        HeadCount: {
            administrators: number;
            teachers: number;
            students: number;
            parents: number;
        };
        /**
         * Heading
         * @description A heading; the title is the first, so these are the second and third.
         */
        Heading: {
            /** @enum {unknown} */
            type: "heading";
            text: string;
            /**
             * @default 2
             * @enum {unknown}
             */
            level?: 2 | 3;
        };
        /**
         * Held
         * @description An open membership of somebody.
         */
        Held: {
            id: string;
            /** @enum {unknown} */
            role: "administrator" | "parent" | "student" | "teacher";
            class: components["schemas"]["Named"] | null;
            since: string;
            version: number;
        };
        /**
         * History
         * @description A stretch of a chat, the oldest first. `before` and `after`: what to ask next; null: there is nothing.
         */
        History: {
            items: components["schemas"]["Message"][];
            quoted: components["schemas"]["Message"][];
            before: number | null;
            after: number | null;
        };
        /**
         * Import
         * @description A table that was read. Nothing is done before it is applied, and nothing at all while a line has faults.
         */
        Import: {
            id: string;
            file_name: string;
            lines: number;
            errors: number;
            ignored: string[];
            items: components["schemas"]["Line"][];
            created_at: string;
            expires_at: string;
            applied_at: string | null;
        };
        /**
         * Invitation
         * @description An invitation, without its secret.
         */
        Invitation: {
            id: string;
            /** @enum {unknown} */
            role: "administrator" | "parent" | "student" | "teacher";
            class: components["schemas"]["Named"] | null;
            child: components["schemas"]["Named"] | null;
            /** @enum {unknown} */
            kind: "code" | "link";
            note: string;
            uses: number;
            max_uses: number | null;
            /** @enum {unknown} */
            state: "expired" | "open" | "revoked" | "spent";
            created_by: components["schemas"]["Named"] | null;
            created_at: string;
            expires_at: string;
        };
        /**
         * InvitationCard
         * @description What an invitation leads to, for whoever holds its code.
         */
        InvitationCard: {
            school: string;
            city: string;
            /** @enum {unknown} */
            role: "administrator" | "parent" | "student" | "teacher";
            class: string | null;
            expires_at: string;
        };
        /**
         * Invitations
         * @description A page of invitations, the newest first.
         */
        Invitations: {
            items: components["schemas"]["Invitation"][];
            next: string | null;
        };
        /**
         * IssuedStreamKey
         * @description A new key. `key`, the bearer, is shown this once; one of the addresses is where to take it.
         */
        IssuedStreamKey: {
            id: string;
            /** @enum {unknown} */
            kind: "play" | "publish";
            name: string;
            key: string;
            whip_url: string | null;
            whep_url: string | null;
            created_at: string;
            expires_at: string;
        };
        /**
         * Items
         * @description A list, numbered or not.
         */
        Items: {
            /** @enum {unknown} */
            type: "list";
            items: components["schemas"]["Span"][][];
            /** @default false */
            ordered?: boolean;
        };
        /**
         * JoinRequest
         * @description A request to join.
         */
        JoinRequest: {
            id: string;
            school: components["schemas"]["Named"];
            person: components["schemas"]["Named"];
            /** @enum {unknown} */
            role: "administrator" | "parent" | "student" | "teacher";
            class: components["schemas"]["Named"] | null;
            message: string;
            /** @enum {unknown} */
            state: "accepted" | "declined" | "open" | "withdrawn";
            created_at: string;
            decided_at: string | null;
            may_decide: boolean;
        };
        /**
         * JoinRequests
         * @description A page of requests, the oldest first.
         */
        JoinRequests: {
            items: components["schemas"]["JoinRequest"][];
            next: string | null;
        };
        /**
         * Joined
         * @description Where one has come in.
         */
        Joined: {
            school: components["schemas"]["Named"];
            /** @enum {unknown} */
            role: "administrator" | "parent" | "student" | "teacher";
            class: components["schemas"]["Named"] | null;
        };
        /**
         * Lesson
         * @description A lesson as one person sees it.
         */
        Lesson: {
            id: string;
            title: string;
            class: components["schemas"]["Named"];
            started_at: string;
            ended_at: string | null;
            host: components["schemas"]["Named"];
            may_host: boolean;
        };
        /**
         * Likes
         * @description How many like it, and whether who asks does.
         */
        Likes: {
            likes: number;
            liked: boolean;
        };
        /**
         * Line
         * @description A line of the table as it was understood.
         */
        Line: {
            line: number;
            name: string;
            /** @enum {unknown} */
            role: "student" | "teacher";
            class_id: string | null;
            class_name: string;
            birth_date: string | null;
            faults: components["schemas"]["Fault"][];
        };
        /**
         * LinkedAccount
         * @description An account elsewhere by which the person can sign in.
         */
        LinkedAccount: {
            id: string;
            provider: string;
            name: string;
            linked_at: string;
            used_at: string | null;
        };
        /**
         * LinkedAccounts
         * @description Answer of GET /me/identities.
         */
        LinkedAccounts: {
            items: components["schemas"]["LinkedAccount"][];
        };
        /**
         * Listing
         * @description A folder's content, a page of it.
         */
        Listing: {
            place: components["schemas"]["Place"];
            /** @enum {unknown} */
            section: "albums" | "articles" | "attachments" | "documents" | "videos";
            path: components["schemas"]["Named"][];
            folders: components["schemas"]["Folder"][];
            files: components["schemas"]["File"][];
            next: string | null;
            may_post: boolean;
            storage: components["schemas"]["Usage"] | null;
        };
        /**
         * MadeInvitation
         * @description A new invitation with its secret, which is told this once. A QR code shows `link`.
         */
        MadeInvitation: {
            id: string;
            /** @enum {unknown} */
            role: "administrator" | "parent" | "student" | "teacher";
            class: components["schemas"]["Named"] | null;
            child: components["schemas"]["Named"] | null;
            /** @enum {unknown} */
            kind: "code" | "link";
            note: string;
            uses: number;
            max_uses: number | null;
            /** @enum {unknown} */
            state: "expired" | "open" | "revoked" | "spent";
            created_by: components["schemas"]["Named"] | null;
            created_at: string;
            expires_at: string;
            code: string;
            link: string;
        };
        /**
         * Me
         * @description The signed-in person.
         */
        Me: {
            id: string;
            name: string;
            login: string;
            memberships: components["schemas"]["Membership"][];
            /** @default null */
            locale: ("en" | "ru") | null;
            /** @default null */
            birth_date: string | null;
            /** @default true */
            has_password: boolean;
            /** @default false */
            second_step: boolean;
            /** @default [] */
            regions: components["schemas"]["Named"][];
        };
        /**
         * Members
         * @description A page of members by name.
         */
        Members: {
            items: components["schemas"]["MembershipsMember"][];
            next: string | null;
        };
        /**
         * Membership
         * @description An open membership: a role in a school, or in one class of it.
         */
        Membership: {
            school: components["schemas"]["Named"];
            /** @enum {unknown} */
            role: "administrator" | "parent" | "student" | "teacher";
            class: components["schemas"]["Named"] | null;
        };
        /**
         * Message
         * @description A message. One that was deleted keeps its place: no text, no files, no poll, no reactions.
         */
        Message: {
            chat_id: string;
            number: number;
            author: components["schemas"]["Named"];
            at: string;
            text: string;
            client_id: string;
            reply_to: number | null;
            mentions: components["schemas"]["Named"][];
            attachments: components["schemas"]["MessagesAttachment"][];
            poll: components["schemas"]["Poll"] | null;
            reactions: components["schemas"]["Reaction"][];
            forwarded: components["schemas"]["Forwarded"] | null;
            pinned: boolean;
            flagged: boolean;
            edited_at: string | null;
            deleted_at: string | null;
        };
        /**
         * Mute
         * @description Body of PUT /chats/{id}/mute; without a moment: for ever.
         */
        Mute: {
            /** @default null */
            until?: string | null;
        };
        /**
         * Named
         * @description A thing or a person by id and name.
         */
        Named: {
            id: string;
            name: string;
        };
        /**
         * NewAccount
         * @description Body of POST /accounts.
         *
         *         With login and password, or (`arrival`) with the account at the provider by which this browser has just come.
         */
        NewAccount: {
            code: string;
            name: string;
            /** @default null */
            login?: string | null;
            /** @default null */
            password?: string | null;
            /** @default null */
            birth_date?: string | null;
            /** @default false */
            arrival?: boolean;
            /** @default null */
            locale?: ("en" | "ru") | null;
        };
        /**
         * NewAlbum
         * @description Body of POST .../albums.
         */
        NewAlbum: {
            title: string;
            /** @default  */
            about?: string;
        };
        /**
         * NewAlbumFile
         * @description Body of POST /albums/{id}/files: a file of one's own.
         */
        NewAlbumFile: {
            file_id: string;
            /** @default  */
            caption?: string;
        };
        /**
         * NewArticle
         * @description Body of POST .../articles: a draft.
         */
        NewArticle: {
            title: string;
            /** @default [] */
            blocks?: (components["schemas"]["Heading"] | components["schemas"]["Paragraph"] | components["schemas"]["Quote"] | components["schemas"]["Items"] | components["schemas"]["Picture"] | components["schemas"]["Video"] | components["schemas"]["ArticlesAttachment"])[];
        };
        /**
         * NewBroadcast
         * @description Body of POST /lessons/{id}/broadcast. Without a title it is called as the lesson's room is.
         */
        NewBroadcast: {
            /** @default  */
            title?: string;
            /**
             * @default school
             * @enum {unknown}
             */
            audience?: "public" | "school";
        };
        /**
         * NewChat
         * @description Body of POST /schools/{id}/chats.
         *
         *         `people`: the other one of a personal chat, the others of a group. `title`: of all but personal ones. `audience`: of
         *         a school's chat or channel.
         */
        NewChat: {
            /** @enum {unknown} */
            kind: "channel" | "group" | "personal" | "school";
            /** @default  */
            title?: string;
            /** @default [] */
            people?: string[];
            /**
             * @default everybody
             * @enum {unknown}
             */
            audience?: "everybody" | "staff";
        };
        /**
         * NewChatPolicy
         * @description Body of PUT /schools/{id}/chat-policy.
         */
        NewChatPolicy: {
            words: components["schemas"]["RestrictedWord"][];
            /** @default null */
            retention_days?: number | null;
        };
        /**
         * NewClass
         * @description Body of POST /schools/{id}/classes. Without a year it stands in the one that goes on.
         */
        NewClass: {
            name: string;
            /** @default null */
            year_id?: string | null;
        };
        /**
         * NewClassChat
         * @description Body of POST /classes/{id}/chats: one more chat of the class, or of its parents.
         */
        NewClassChat: {
            /** @enum {unknown} */
            kind: "class" | "parents";
            title: string;
        };
        /**
         * NewComment
         * @description Body of POST /articles/{id}/comments. `client_id` is the page's own name for it: sent twice, it is one.
         */
        NewComment: {
            client_id: string;
            text: string;
        };
        /**
         * NewConsent
         * @description Body of POST /me/consents: the wording one has read. Nothing is ticked beforehand.
         */
        NewConsent: {
            /** @enum {unknown} */
            kind: "processing";
            text_version: string;
        };
        /**
         * NewCopy
         * @description Body of POST /files/{id}/copies: where to. `id` is the school's or the class's.
         */
        NewCopy: {
            /** @enum {unknown} */
            to: "class" | "own" | "school";
            /** @default null */
            id?: string | null;
            /**
             * @default documents
             * @enum {unknown}
             */
            section?: "documents" | "videos";
            /** @default null */
            folder_id?: string | null;
        };
        /**
         * NewDraft
         * @description Body of PUT /chats/{id}/draft; an empty one is none.
         */
        NewDraft: {
            /** @default  */
            text?: string;
            /** @default null */
            reply_to?: number | null;
        };
        /**
         * NewFolder
         * @description Body of POST .../folders.
         */
        NewFolder: {
            name: string;
            /**
             * @default documents
             * @enum {unknown}
             */
            section?: "documents" | "videos";
            /** @default null */
            parent_id?: string | null;
        };
        /**
         * NewInvitation
         * @description Body of POST /schools/{id}/invitations.
         *
         *         Teachers and students are invited into the school or a class of it; a parent is invited as the parent of `child_id`,
         *         and is in the child's class. Without `max_uses` as many may come as like to, except that a parent's is for two.
         */
        NewInvitation: {
            /** @enum {unknown} */
            role: "parent" | "student" | "teacher";
            /** @default null */
            class_id?: string | null;
            /** @default null */
            child_id?: string | null;
            /**
             * @default link
             * @enum {unknown}
             */
            kind?: "code" | "link";
            /** @default 7 */
            days?: number;
            /** @default null */
            max_uses?: number | null;
            /** @default  */
            note?: string;
        };
        /**
         * NewLesson
         * @description Body of POST /lessons.
         */
        NewLesson: {
            class_id: string;
            /** @default  */
            title?: string;
        };
        /**
         * NewMembership
         * @description Body of POST /schools/{id}/memberships: a class for somebody who is in the school.
         */
        NewMembership: {
            person_id: string;
            /** @enum {unknown} */
            role: "student" | "teacher";
            class_id: string;
        };
        /**
         * NewMessage
         * @description Body of POST /chats/{id}/messages. `client_id` is the page's own name for it: sent twice, it is one message.
         */
        NewMessage: {
            client_id: string;
            /** @default  */
            text?: string;
            /** @default null */
            reply_to?: number | null;
            /** @default [] */
            mentions?: string[];
            /** @default [] */
            attachments?: string[];
            /** @default null */
            poll?: components["schemas"]["NewPoll"] | null;
        };
        /**
         * NewPoll
         * @description A poll to be asked; the message's text is the question.
         */
        NewPoll: {
            options: string[];
            /** @default false */
            multiple?: boolean;
            /** @default false */
            anonymous?: boolean;
            /** @default null */
            closes_at?: string | null;
        };
        /**
         * NewReport
         * @description Body of POST …/report.
         */
        NewReport: {
            /** @enum {unknown} */
            reason: "danger" | "other" | "rude" | "spam";
            /** @default  */
            note?: string;
        };
        /**
         * NewRequest
         * @description Body of POST /schools/{id}/requests. `class_name` is what people call it; whether there is one is not told.
         */
        NewRequest: {
            /** @enum {unknown} */
            role: "parent" | "student" | "teacher";
            /** @default  */
            class_name?: string;
            /** @default  */
            message?: string;
        };
        /**
         * NewScheduledPost
         * @description Body of POST /chats/{id}/scheduled.
         */
        NewScheduledPost: {
            client_id: string;
            /** Format: date-time */
            at: string;
            /** @default  */
            text?: string;
            /** @default [] */
            attachments?: string[];
            /** @default null */
            poll?: components["schemas"]["NewPoll"] | null;
        };
        /**
         * NewSchool
         * @description Body of POST /schools.
         */
        NewSchool: {
            name: string;
            city: string;
            /** @default  */
            address?: string;
            /** @default  */
            about?: string;
            /**
             * @default {
             *       "phone": "",
             *       "email": "",
             *       "site": ""
             *     }
             */
            contacts?: components["schemas"]["SchoolsContacts"];
        };
        /**
         * NewStreamKey
         * @description Body of POST /lessons/{id}/stream-keys.
         *
         *         `name` is what people in the lesson read; `source` says whether an encoder's picture counts as a camera or as a
         *         shared screen.
         */
        NewStreamKey: {
            /** @enum {unknown} */
            kind: "play" | "publish";
            name: string;
            /** @default 7 */
            days?: number;
            /**
             * @default camera
             * @enum {unknown}
             */
            source?: "camera" | "screen";
        };
        /**
         * NewSubscription
         * @description Body of POST /me/push: what `PushSubscription.toJSON()` gives, without the time it expires.
         */
        NewSubscription: {
            endpoint: string;
            keys: components["schemas"]["PushKeys"];
        };
        /**
         * NewToken
         * @description Body of POST /tokens. `device` is the name the app shows in the list of sessions.
         */
        NewToken: {
            login: string;
            password: string;
            device: string;
            /** @default null */
            code?: string | null;
        };
        /**
         * NewYear
         * @description Body of POST /schools/{id}/years.
         */
        NewYear: {
            name: string;
            /** Format: date */
            starts_on: string;
            /** Format: date */
            ends_on: string;
        };
        /**
         * Notifications
         * @description When and how somebody is told: quiet hours in their time zone, and whether a push says what was written.
         */
        Notifications: {
            /** @default 21:00 */
            quiet_from?: string | null;
            /** @default 07:00 */
            quiet_until?: string | null;
            /** @default Europe/Moscow */
            time_zone?: string;
            /** @default false */
            show_text?: boolean;
        };
        /**
         * OnAir
         * @description Answer of GET /lessons/{id}/broadcast.
         */
        OnAir: {
            broadcast: components["schemas"]["Broadcast"] | null;
        };
        /**
         * Option
         * @description One answer of a poll and how many gave it.
         */
        Option: {
            text: string;
            votes: number;
        };
        /**
         * OptionVotes
         * @description Who gave one answer of a poll that is not anonymous.
         */
        OptionVotes: {
            index: number;
            people: components["schemas"]["Named"][];
        };
        /**
         * Paragraph
         * @description A paragraph.
         */
        Paragraph: {
            /** @enum {unknown} */
            type: "text";
            text: components["schemas"]["Span"][];
        };
        /**
         * PasswordLink
         * @description Where somebody sets a new password. It is told this once; a QR code shows it.
         */
        PasswordLink: {
            link: string;
            expires_at: string;
        };
        /**
         * Picture
         * @description A picture. `alt` says what is on it to those who do not see it.
         */
        Picture: {
            /** @enum {unknown} */
            type: "picture";
            file_id: string;
            /** @default  */
            caption?: string;
            /** @default  */
            alt?: string;
        };
        /**
         * Place
         * @description Where something stands. `id` is the school's or the class's; one's own cloud has none.
         */
        Place: {
            /** @enum {unknown} */
            kind: "class" | "own" | "school";
            id: string | null;
            name: string;
        };
        /**
         * Poll
         * @description A poll as it stands.
         */
        Poll: {
            options: components["schemas"]["Option"][];
            multiple: boolean;
            anonymous: boolean;
            closes_at: string | null;
            closed: boolean;
            voters: number;
            mine: number[];
        };
        /**
         * Problem
         * @description A refusal (RFC 9457). Some codes have further members.
         */
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            code: string;
        };
        /**
         * ProviderInfo
         * @description A place people may have accounts at.
         */
        ProviderInfo: {
            id: string;
            /** @enum {unknown} */
            kind: "esia" | "oidc" | "vk";
            name: string;
        };
        /**
         * ProviderList
         * @description Answer of GET /sign-in/providers.
         */
        ProviderList: {
            items: components["schemas"]["ProviderInfo"][];
        };
        /**
         * Push
         * @description What a page subscribes with (null: this server sends no pushes), and one's browsers.
         */
        Push: {
            public_key: string | null;
            subscriptions: components["schemas"]["Subscription"][];
        };
        /**
         * PushKeys
         * @description Of a browser's subscription: its public key, and a secret both sides share (RFC 8291).
         */
        PushKeys: {
            p256dh: string;
            auth: string;
        };
        /**
         * Quote
         * @description What somebody said.
         */
        Quote: {
            /** @enum {unknown} */
            type: "quote";
            text: components["schemas"]["Span"][];
        };
        /**
         * React
         * @description Body of PUT …/reactions.
         */
        React: {
            emoji: string;
        };
        /**
         * Reaction
         * @description How many people reacted so.
         */
        Reaction: {
            emoji: string;
            count: number;
            mine: boolean;
        };
        /**
         * ReadUpTo
         * @description Body of PUT /chats/{id}/read.
         */
        ReadUpTo: {
            number: number;
        };
        /**
         * ReadersCount
         * @description How many others have read a message; never who has not.
         */
        ReadersCount: {
            count: number;
        };
        /**
         * RecoveryCodes
         * @description Codes that stand in for the authenticator, each once. They are shown once.
         */
        RecoveryCodes: {
            codes: string[];
        };
        /**
         * Regions
         * @description Answer of GET /regions.
         */
        Regions: {
            items: components["schemas"]["Named"][];
        };
        /**
         * Rename
         * @description Body of PATCH /people/{id}.
         */
        Rename: {
            name: string;
        };
        /**
         * Report
         * @description What somebody, or a word of the school's list (`word`), has brought before the administrators: a message of a
         *         chat, or a comment on an article.
         */
        Report: {
            id: string;
            chat: components["schemas"]["Named"] | null;
            message: components["schemas"]["Message"] | null;
            article: components["schemas"]["Named"] | null;
            comment: components["schemas"]["Comment"] | null;
            text: string;
            reporter: components["schemas"]["Named"] | null;
            /** @enum {unknown} */
            reason: "danger" | "other" | "rude" | "spam" | "word";
            note: string;
            at: string;
            /** @enum {unknown} */
            state: "deleted" | "dismissed" | "open";
            decided_by: components["schemas"]["Named"] | null;
            decided_at: string | null;
        };
        /**
         * Reports
         * @description A page of reports: open ones the oldest first, decided ones the newest first.
         */
        Reports: {
            items: components["schemas"]["Report"][];
            next: string | null;
        };
        /**
         * ResetPassword
         * @description Body of POST /password-resets: the token of a link that an operator or administrator made.
         */
        ResetPassword: {
            token: string;
            password: string;
        };
        /**
         * Restored
         * @description What a restored year or class brought back. Who has another class meanwhile, or left, was not put back.
         */
        Restored: {
            classes: number;
            memberships: number;
            not_put_back: number;
        };
        /**
         * RestrictedWord
         * @description One word, all its forms, and what is done with a message that holds it: refused, or flagged and reported.
         */
        RestrictedWord: {
            word: string;
            /** @enum {unknown} */
            action: "flag" | "refuse";
        };
        /**
         * RollOut
         * @description How a region takes Sfera up.
         */
        RollOut: {
            region: components["schemas"]["Named"];
            schools: number;
            activated: number;
            not_activated: number;
            active: number;
            rows: components["schemas"]["RollOutRow"][];
            weeks: components["schemas"]["Week"][];
        };
        /**
         * RollOutRow
         * @description A school of the region. None stands for a count under five.
         */
        RollOutRow: {
            school: components["schemas"]["Named"];
            city: string;
            /** @enum {unknown} */
            state: "activated" | "active" | "not_activated";
            people: number | null;
            students: number | null;
            teachers: number | null;
            parents: number | null;
            lessons: number | null;
            broadcasts: number | null;
        };
        /**
         * ScheduledPost
         * @description A post that waits, or that could not be sent (`refused_as`: the code).
         */
        ScheduledPost: {
            id: string;
            at: string;
            text: string;
            attachments: string[];
            poll: components["schemas"]["NewPoll"] | null;
            refused_as: string | null;
        };
        /**
         * ScheduledPosts
         * @description Answer of GET /chats/{id}/scheduled: one's own, the next first.
         */
        ScheduledPosts: {
            items: components["schemas"]["ScheduledPost"][];
        };
        /**
         * School
         * @description A school as one person sees it.
         */
        School: {
            id: string;
            name: string;
            city: string;
            address: string;
            about: string;
            contacts: components["schemas"]["SchoolsContacts"];
            region: components["schemas"]["Named"] | null;
            picture: string | null;
            year: components["schemas"]["Named"] | null;
            people: components["schemas"]["HeadCount"];
            roles: ("administrator" | "parent" | "student" | "teacher")[];
            may: components["schemas"]["Action"][];
            version: number;
        };
        /**
         * SchoolCard
         * @description What somebody who has a school's address is told of it, to know whom they ask.
         */
        SchoolCard: {
            id: string;
            name: string;
            city: string;
        };
        /**
         * SchoolClass
         * @description A class as one person sees it.
         */
        SchoolClass: {
            id: string;
            name: string;
            school: components["schemas"]["Named"];
            students: number;
            teachers: number;
            may_start: boolean;
            lesson: components["schemas"]["Lesson"] | null;
            year: components["schemas"]["Named"] | null;
            archived: boolean;
            may: components["schemas"]["Action"][];
            version: number;
        };
        /**
         * SchoolClassWithMembers
         * @description A class and who is in it.
         */
        SchoolClassWithMembers: {
            id: string;
            name: string;
            school: components["schemas"]["Named"];
            students: number;
            teachers: number;
            may_start: boolean;
            lesson: components["schemas"]["Lesson"] | null;
            year: components["schemas"]["Named"] | null;
            archived: boolean;
            may: components["schemas"]["Action"][];
            version: number;
            members: components["schemas"]["SchoolsMember"][];
        };
        /**
         * SchoolClasses
         * @description Answer of GET /classes.
         */
        SchoolClasses: {
            classes: components["schemas"]["SchoolClass"][];
        };
        /**
         * Schools
         * @description Answer of GET /schools.
         */
        Schools: {
            items: components["schemas"]["School"][];
            may_create: boolean;
        };
        /**
         * Session
         * @description Where the person is signed in.
         */
        Session: {
            id: string;
            /** @enum {unknown} */
            kind: "app" | "page";
            name: string;
            method: string;
            created_at: string;
            seen_at: string | null;
            expires_at: string;
            current: boolean;
            /** @default  */
            address: string;
        };
        /**
         * Sessions
         * @description Answer of GET /me/sessions, the newest first.
         */
        Sessions: {
            items: components["schemas"]["Session"][];
        };
        /**
         * SignIn
         * @description Body of POST /session. `code` is the second step, where the person has one.
         */
        SignIn: {
            login: string;
            password: string;
            /** @default null */
            code?: string | null;
        };
        /**
         * Span
         * @description A stretch of text in one style. `href` begins with https:, http:, mailto:, or with / for a page of Sfera.
         */
        Span: {
            text: string;
            /** @default false */
            bold?: boolean;
            /** @default false */
            italic?: boolean;
            /** @default null */
            href?: string | null;
        };
        /**
         * Step
         * @description A step of a guide.
         */
        Step: {
            name: string;
            done: boolean;
        };
        /**
         * StreamKey
         * @description A key as those who lead the lesson see it. What opens the room is not kept.
         */
        StreamKey: {
            id: string;
            /** @enum {unknown} */
            kind: "play" | "publish";
            name: string;
            created_at: string;
            expires_at: string;
            revoked_at: string | null;
        };
        /**
         * StreamKeys
         * @description Answer of GET /lessons/{id}/stream-keys, newest first.
         */
        StreamKeys: {
            items: components["schemas"]["StreamKey"][];
            next: string | null;
        };
        /**
         * Subscription
         * @description A browser that is told.
         */
        Subscription: {
            id: string;
            created_at: string;
            user_agent: string | null;
        };
        /**
         * Taken
         * @description Somebody the import made: what to hand them. It is told this once.
         */
        Taken: {
            line: number;
            person_id: string;
            name: string;
            class_name: string;
            code: string | null;
            link: string | null;
            login: string | null;
            password: string | null;
        };
        /**
         * TicketAnswer
         * @description A ticket, where to take it, and until when.
         */
        TicketAnswer: {
            ticket: string;
            url: string;
            expires_at: string;
        };
        /**
         * TicketRequest
         * @description Body of POST /lessons/{id}/ticket. `device` is a random id the page keeps.
         */
        TicketRequest: {
            device: string;
        };
        /**
         * Token
         * @description A token for an app: to be sent as `Authorization: Bearer`. It is shown once.
         */
        Token: {
            token: string;
            expires_at: string;
            me: components["schemas"]["Me"];
        };
        /**
         * TotpCode
         * @description A code of the authenticator, or a recovery code.
         */
        TotpCode: {
            code: string;
        };
        /**
         * TotpSecret
         * @description Answer of POST /me/totp: the secret for the person's authenticator, not yet in force.
         */
        TotpSecret: {
            secret: string;
            uri: string;
        };
        /**
         * Transfer
         * @description Body of POST /memberships/{id}/transfer.
         */
        Transfer: {
            class_id: string;
        };
        /**
         * Upload
         * @description An upload. `received`: all is here, the file is being put together. `refusal` is a problem's code.
         */
        Upload: {
            id: string;
            name: string;
            size: number;
            received: number;
            /** @enum {unknown} */
            state: "done" | "received" | "receiving" | "refused";
            refusal: string | null;
            file: components["schemas"]["File"] | null;
            expires_at: string;
        };
        /**
         * Usage
         * @description How much is kept, bytes: of one's own cloud, or of a school with its classes.
         */
        Usage: {
            used: number;
            trash: number;
            quota: number;
            max_file: number;
        };
        /**
         * Video
         * @description A video.
         */
        Video: {
            /** @enum {unknown} */
            type: "video";
            file_id: string;
            /** @default  */
            caption?: string;
        };
        /**
         * Vote
         * @description Body of PUT …/vote: the places of the options, from 0; none takes the vote back.
         */
        Vote: {
            options: number[];
        };
        /**
         * Votes
         * @description Who voted for what.
         */
        Votes: {
            options: components["schemas"]["OptionVotes"][];
        };
        /**
         * Week
         * @description Lessons of all schools of the region begun in the seven days from `begins_on`.
         */
        Week: {
            /** Format: date */
            begins_on: string;
            lessons: number | null;
        };
        /**
         * Year
         * @description A school year.
         */
        Year: {
            id: string;
            name: string;
            /** Format: date */
            starts_on: string;
            /** Format: date */
            ends_on: string;
            archived_at: string | null;
            current: boolean;
            version: number;
        };
        /**
         * Years
         * @description Answer of GET /schools/{id}/years, the newest first.
         */
        Years: {
            items: components["schemas"]["Year"][];
        };
        /**
         * Attachment
         * @description A file to be saved.
         */
        ArticlesAttachment: {
            /** @enum {unknown} */
            type: "file";
            file_id: string;
        };
        /**
         * Contacts
         * @description A page of contacts by name.
         */
        ChatsContacts: {
            items: components["schemas"]["Contact"][];
            next: string | null;
        };
        /**
         * Readers
         * @description How many people may read a chat now, by role.
         */
        ChatsReaders: {
            administrators: number;
            teachers: number;
            students: number;
            parents: number;
        };
        /**
         * Readers
         * @description Who can see a file: so many people by its place, and the readers of so many chats.
         */
        DocumentsReaders: {
            place: components["schemas"]["Place"];
            people: number;
            chats: number;
        };
        /**
         * Member
         * @description Somebody of a school, as far as one person sees them.
         */
        MembershipsMember: {
            id: string;
            name: string;
            memberships: components["schemas"]["Held"][];
            parents: components["schemas"]["Named"][];
            children: components["schemas"]["Named"][];
            state: ("active" | "consent_withdrawn" | "deactivated" | "no_consent" | "waiting") | null;
            login: string | null;
            version: number;
        };
        /**
         * Attachment
         * @description A file as it was attached; the calls about files tell whether it is still there.
         */
        MessagesAttachment: {
            file_id: string;
            name: string;
            media_type: string;
            size: number;
        };
        /**
         * Consent
         * @description A parent's consent that stands.
         */
        PeopleConsent: {
            given_by: components["schemas"]["Named"];
            given_at: string;
            text_version: string;
        };
        /**
         * Consent
         * @description A consent in the register.
         */
        PrivacyConsent: {
            id: string;
            person: components["schemas"]["Named"];
            given_by: components["schemas"]["Named"];
            kind: string;
            text_version: string;
            given_at: string;
            withdrawn_at: string | null;
        };
        /**
         * Contacts
         * @description How the school is reached. What is not given is empty.
         */
        SchoolsContacts: {
            /** @default  */
            phone?: string;
            /** @default  */
            email?: string;
            /** @default  */
            site?: string;
        };
        /**
         * Member
         * @description Somebody of a class.
         */
        SchoolsMember: {
            id: string;
            name: string;
            /** @enum {unknown} */
            role: "student" | "teacher";
        };
    };
    responses: {
        /** @description `bad_host`: The Host header is not a host name. */
        "400-bad_host": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "bad_host";
                };
            };
        };
        /** @description `bad_host`: The Host header is not a host name. `broken_body`: The body ended before its end. */
        "400-bad_host-broken_body": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "bad_host" | "broken_body";
                };
            };
        };
        /** @description `bad_host`: The Host header is not a host name. `malformed_json`: The body is not valid JSON. `broken_body`: The body ended before its end. */
        "400-bad_host-broken_body-malformed_json": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "bad_host" | "broken_body" | "malformed_json";
                };
            };
        };
        /** @description `broken_body`: The body ended before its end. */
        "400-broken_body": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "broken_body";
                };
            };
        };
        /** @description `malformed_json`: The body is not valid JSON. `broken_body`: The body ended before its end. */
        "400-broken_body-malformed_json": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "broken_body" | "malformed_json";
                };
            };
        };
        /** @description `wrong_credentials`: The name or the password is wrong. `code_needed`: Send a code of the authenticator, or a recovery code. `wrong_code`: The code is wrong or was used; wait for the next one. */
        "401-code_needed-wrong_code-wrong_credentials": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "code_needed" | "wrong_code" | "wrong_credentials";
                };
            };
        };
        /** @description `not_signed_in`: Sign in first. */
        "401-not_signed_in": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "not_signed_in";
                };
            };
        };
        /** @description `wrong_code`: The code is wrong or was used; wait for the next one. `not_signed_in`: Sign in first. */
        "401-not_signed_in-wrong_code": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "not_signed_in" | "wrong_code";
                };
            };
        };
        /** @description `not_signed_in`: Sign in first. `wrong_credentials`: The name or the password is wrong. */
        "401-not_signed_in-wrong_credentials": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "not_signed_in" | "wrong_credentials";
                };
            };
        };
        /** @description `wrong_code`: The code is wrong or was used; wait for the next one. `wrong_credentials`: The name or the password is wrong. */
        "401-wrong_code-wrong_credentials": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "wrong_code" | "wrong_credentials";
                };
            };
        };
        /** @description `account_inactive`: The account waits for a parent's consent. `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-account_inactive-cross_site": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "account_inactive" | "cross_site";
                };
            };
        };
        /** @description `sign_in_state_invalid`: The sign-in was begun in another browser, or too long ago. `provider_refused`: The provider did not confirm the sign-in. `account_inactive`: The account waits for a parent's consent. `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-account_inactive-cross_site-provider_refused-sign_in_state_invalid": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "account_inactive" | "cross_site" | "provider_refused" | "sign_in_state_invalid";
                };
            };
        };
        /** @description `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-cross_site": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "cross_site";
                };
            };
        };
        /** @description `forbidden`: You may not do this. `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-cross_site-forbidden": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "cross_site" | "forbidden";
                };
            };
        };
        /** @description `forbidden`: You may not do this. `invitation_not_yours`: This invitation is for somebody else. `second_step_required`: Administrators set a second step of signing in first. `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-cross_site-forbidden-invitation_not_yours-second_step_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "cross_site" | "forbidden" | "invitation_not_yours" | "second_step_required";
                };
            };
        };
        /** @description `forbidden`: You may not do this. `not_a_contact`: You may not write to everybody here. `not_for_them`: Not everybody in that chat may read this message. `second_step_required`: Administrators set a second step of signing in first. `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-cross_site-forbidden-not_a_contact-not_for_them-second_step_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "cross_site" | "forbidden" | "not_a_contact" | "not_for_them" | "second_step_required";
                };
            };
        };
        /** @description `forbidden`: You may not do this. `not_a_contact`: You may not write to everybody here. `second_step_required`: Administrators set a second step of signing in first. `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-cross_site-forbidden-not_a_contact-second_step_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "cross_site" | "forbidden" | "not_a_contact" | "second_step_required";
                };
            };
        };
        /** @description `forbidden`: You may not do this. `second_step_required`: Administrators set a second step of signing in first. `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-cross_site-forbidden-second_step_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "cross_site" | "forbidden" | "second_step_required";
                };
            };
        };
        /** @description `invitation_not_yours`: This invitation is for somebody else. `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-cross_site-invitation_not_yours": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "cross_site" | "invitation_not_yours";
                };
            };
        };
        /** @description `invitation_not_yours`: This invitation is for somebody else. `second_step_required`: Administrators set a second step of signing in first. `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-cross_site-invitation_not_yours-second_step_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "cross_site" | "invitation_not_yours" | "second_step_required";
                };
            };
        };
        /** @description `second_step_required`: Administrators set a second step of signing in first. `cross_site`: A changing call without a JSON body needs the header X-Sfera: 1. */
        "403-cross_site-second_step_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "cross_site" | "second_step_required";
                };
            };
        };
        /** @description `forbidden`: You may not do this. `second_step_required`: Administrators set a second step of signing in first. */
        "403-forbidden-second_step_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "forbidden" | "second_step_required";
                };
            };
        };
        /** @description `second_step_required`: Administrators set a second step of signing in first. */
        "403-second_step_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "second_step_required";
                };
            };
        };
        /** @description `not_found`: There is nothing here. */
        "404-not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "not_found";
                };
            };
        };
        /** @description `slow_body`: The body did not come in time. */
        "408-slow_body": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "slow_body";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `album_full`: The album is full. `quota_exceeded`: There is no room left for this file. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-album_full-archived-quota_exceeded-request_under_way": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "album_full" | "archived" | "quota_exceeded" | "request_under_way";
                };
            };
        };
        /** @description `invitation_expired`: The invitation has expired; ask for a new one. `invitation_spent`: The invitation has been used; ask for a new one. `archived`: This class is archived; an administrator may restore its year. `already_member`: This person is a member there already. `in_another_class`: The student is in another class; ask for a transfer. `login_taken`: This login is taken. `no_arrival`: Nobody has come from a provider in this browser; begin again. `identity_in_use`: That account is linked with another person, or yours with another. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-already_member-archived-identity_in_use-in_another_class-invitation_expired-invitation_spent-login_taken-no_arrival-request_under_way": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "already_member" | "archived" | "identity_in_use" | "in_another_class" | "invitation_expired" | "invitation_spent" | "login_taken" | "no_arrival" | "request_under_way";
                };
            };
        };
        /** @description `import_applied`: This table was applied already. `import_has_errors`: Lines of the table have errors; nothing was done. `already_member`: This person is a member there already. `in_another_class`: The student is in another class; ask for a transfer. `archived`: This class is archived; an administrator may restore its year. */
        "409-already_member-archived-import_applied-import_has_errors-in_another_class": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "already_member" | "archived" | "import_applied" | "import_has_errors" | "in_another_class";
                };
            };
        };
        /** @description `invitation_expired`: The invitation has expired; ask for a new one. `invitation_spent`: The invitation has been used; ask for a new one. `already_member`: This person is a member there already. `in_another_class`: The student is in another class; ask for a transfer. `archived`: This class is archived; an administrator may restore its year. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-already_member-archived-in_another_class-invitation_expired-invitation_spent-request_under_way": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "already_member" | "archived" | "in_another_class" | "invitation_expired" | "invitation_spent" | "request_under_way";
                };
            };
        };
        /** @description `request_decided`: This request was decided already. `already_member`: This person is a member there already. `in_another_class`: The student is in another class; ask for a transfer. `archived`: This class is archived; an administrator may restore its year. */
        "409-already_member-archived-in_another_class-request_decided": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "already_member" | "archived" | "in_another_class" | "request_decided";
                };
            };
        };
        /** @description `already_member`: This person is a member there already. `in_another_class`: The student is in another class; ask for a transfer. `archived`: This class is archived; an administrator may restore its year. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-already_member-archived-in_another_class-request_under_way": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "already_member" | "archived" | "in_another_class" | "request_under_way";
                };
            };
        };
        /** @description `role_fixed`: Only administrators and teachers can be given another role. `already_member`: This person is a member there already. `archived`: This class is archived; an administrator may restore its year. */
        "409-already_member-archived-role_fixed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "already_member" | "archived" | "role_fixed";
                };
            };
        };
        /** @description `request_open`: You have asked already; the school has not decided yet. `already_member`: This person is a member there already. `in_another_class`: The student is in another class; ask for a transfer. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-already_member-in_another_class-request_open-request_under_way": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "already_member" | "in_another_class" | "request_open" | "request_under_way";
                };
            };
        };
        /** @description `role_fixed`: Only administrators and teachers can be given another role. `already_member`: This person is a member there already. `last_administrator`: This is the only administrator. Appoint another first. */
        "409-already_member-last_administrator-role_fixed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "already_member" | "last_administrator" | "role_fixed";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. */
        "409-archived": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived";
                };
            };
        };
        /** @description `class_exists`: There is a class of that name already. `archived`: This class is archived; an administrator may restore its year. */
        "409-archived-class_exists": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "class_exists";
                };
            };
        };
        /** @description `class_exists`: There is a class of that name already. `archived`: This class is archived; an administrator may restore its year. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-archived-class_exists-request_under_way": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "class_exists" | "request_under_way";
                };
            };
        };
        /** @description `class_not_empty`: People were in this class; archive it. `archived`: This class is archived; an administrator may restore its year. */
        "409-archived-class_not_empty": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "class_not_empty";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `client_id_reused`: This client id belongs to another message. */
        "409-archived-client_id_reused": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "client_id_reused";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `client_id_reused`: This client id belongs to another message. `message_deleted`: This message was deleted. */
        "409-archived-client_id_reused-message_deleted": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "client_id_reused" | "message_deleted";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `client_id_reused`: This client id belongs to another message. `message_deleted`: This message was deleted. `too_many`: There are too many already. */
        "409-archived-client_id_reused-message_deleted-too_many": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "client_id_reused" | "message_deleted" | "too_many";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `too_many`: There are too many already. `client_id_reused`: This client id belongs to another message. */
        "409-archived-client_id_reused-too_many": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "client_id_reused" | "too_many";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `name_taken`: There is a folder of this name already. `folder_too_deep`: Folders stand at most eight deep in one another. `too_many_folders`: There are too many folders here. `folder_inside_itself`: A folder cannot be moved into itself. */
        "409-archived-folder_inside_itself-folder_too_deep-name_taken-too_many_folders": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "folder_inside_itself" | "folder_too_deep" | "name_taken" | "too_many_folders";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `name_taken`: There is a folder of this name already. `folder_too_deep`: Folders stand at most eight deep in one another. `too_many_folders`: There are too many folders here. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-archived-folder_too_deep-name_taken-request_under_way-too_many_folders": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "folder_too_deep" | "name_taken" | "request_under_way" | "too_many_folders";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `message_deleted`: This message was deleted. */
        "409-archived-message_deleted": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "message_deleted";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `message_deleted`: This message was deleted. `too_late`: This message can no longer be changed. */
        "409-archived-message_deleted-too_late": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "message_deleted" | "too_late";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `message_deleted`: This message was deleted. `too_many`: There are too many already. */
        "409-archived-message_deleted-too_many": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "message_deleted" | "too_many";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `name_taken`: There is a folder of this name already. `too_many_folders`: There are too many folders here. */
        "409-archived-name_taken-too_many_folders": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "name_taken" | "too_many_folders";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `poll_closed`: The poll is closed. */
        "409-archived-poll_closed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "poll_closed";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `quota_exceeded`: There is no room left for this file. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-archived-quota_exceeded-request_under_way": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "quota_exceeded" | "request_under_way";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `quota_exceeded`: There is no room left for this file. `too_many_uploads`: Too many uploads are unfinished; finish or cancel one first. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-archived-quota_exceeded-request_under_way-too_many_uploads": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "quota_exceeded" | "request_under_way" | "too_many_uploads";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-archived-request_under_way": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "request_under_way";
                };
            };
        };
        /** @description `archived`: This class is archived; an administrator may restore its year. `too_late`: This message can no longer be changed. */
        "409-archived-too_late": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "too_late";
                };
            };
        };
        /** @description `too_many`: There are too many already. `archived`: This class is archived; an administrator may restore its year. */
        "409-archived-too_many": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "too_many";
                };
            };
        };
        /** @description `year_exists`: There is a school year of that name already. `archived`: This class is archived; an administrator may restore its year. */
        "409-archived-year_exists": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "archived" | "year_exists";
                };
            };
        };
        /** @description `lesson_ended`: The lesson has ended. `broadcast_running`: This lesson is being broadcast already. */
        "409-broadcast_running-lesson_ended": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "broadcast_running" | "lesson_ended";
                };
            };
        };
        /** @description `lesson_ended`: The lesson has ended. `call_full`: The lesson is full. */
        "409-call_full-lesson_ended": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "call_full" | "lesson_ended";
                };
            };
        };
        /** @description `current_session`: This is the session you use; sign out instead. */
        "409-current_session": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "current_session";
                };
            };
        };
        /** @description `erasure_requested`: The deletion was asked for already. `last_administrator`: This is the only administrator. Appoint another first. */
        "409-erasure_requested-last_administrator": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "erasure_requested" | "last_administrator";
                };
            };
        };
        /** @description `identity_in_use`: That account is linked with another person, or yours with another. */
        "409-identity_in_use": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "identity_in_use";
                };
            };
        };
        /** @description `no_arrival`: Nobody has come from a provider in this browser; begin again. `identity_in_use`: That account is linked with another person, or yours with another. */
        "409-identity_in_use-no_arrival": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "identity_in_use" | "no_arrival";
                };
            };
        };
        /** @description `invitation_expired`: The invitation has expired; ask for a new one. `invitation_spent`: The invitation has been used; ask for a new one. */
        "409-invitation_expired-invitation_spent": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invitation_expired" | "invitation_spent";
                };
            };
        };
        /** @description `last_administrator`: This is the only administrator. Appoint another first. */
        "409-last_administrator": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "last_administrator";
                };
            };
        };
        /** @description `role_fixed`: Only administrators and teachers can be given another role. `last_administrator`: This is the only administrator. Appoint another first. */
        "409-last_administrator-role_fixed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "last_administrator" | "role_fixed";
                };
            };
        };
        /** @description `last_way_in`: It is the only way you sign in; set a password or link another first. */
        "409-last_way_in": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "last_way_in";
                };
            };
        };
        /** @description `lesson_ended`: The lesson has ended. `too_many_stream_keys`: The lesson has too many stream keys. */
        "409-lesson_ended-too_many_stream_keys": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "lesson_ended" | "too_many_stream_keys";
                };
            };
        };
        /** @description `lesson_running`: A lesson of this class is going on already. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-lesson_running-request_under_way": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "lesson_running" | "request_under_way";
                };
            };
        };
        /** @description `link_expired`: The link can no longer be used; ask for a new one. */
        "409-link_expired": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "link_expired";
                };
            };
        };
        /** @description `login_taken`: This login is taken. */
        "409-login_taken": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "login_taken";
                };
            };
        };
        /** @description `message_deleted`: This message was deleted. */
        "409-message_deleted": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "message_deleted";
                };
            };
        };
        /** @description `no_arrival`: Nobody has come from a provider in this browser; begin again. */
        "409-no_arrival": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "no_arrival";
                };
            };
        };
        /** @description `poll_anonymous`: The poll is anonymous. */
        "409-poll_anonymous": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "poll_anonymous";
                };
            };
        };
        /** @description `request_decided`: This request was decided already. */
        "409-request_decided": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "request_decided";
                };
            };
        };
        /** @description `request_under_way`: The same call is under way; ask again in a moment. */
        "409-request_under_way": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "request_under_way";
                };
            };
        };
        /** @description `too_many`: There are too many already. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-request_under_way-too_many": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "request_under_way" | "too_many";
                };
            };
        };
        /** @description `year_exists`: There is a school year of that name already. `request_under_way`: The same call is under way; ask again in a moment. */
        "409-request_under_way-year_exists": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "request_under_way" | "year_exists";
                };
            };
        };
        /** @description `upload_offset_mismatch`: The piece begins at another place than the last one ended. `upload_over`: This upload is over. `too_many_pieces`: The file comes in too many small pieces; upload it anew. */
        "409-too_many_pieces-upload_offset_mismatch-upload_over": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "too_many_pieces" | "upload_offset_mismatch" | "upload_over";
                };
            };
        };
        /** @description `totp_not_set`: There is no second step to confirm or to remove. */
        "409-totp_not_set": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "totp_not_set";
                };
            };
        };
        /** @description `totp_not_set`: There is no second step to confirm or to remove. `totp_set`: The second step is in force already. */
        "409-totp_not_set-totp_set": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "totp_not_set" | "totp_set";
                };
            };
        };
        /** @description `totp_set`: The second step is in force already. */
        "409-totp_set": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "totp_set";
                };
            };
        };
        /** @description `resync_required`: Too much has happened since; read everything again. */
        "410-resync_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "resync_required";
                };
            };
        };
        /** @description `precondition_failed`: It was changed since you read it; read it again, then edit. */
        "412-precondition_failed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "precondition_failed";
                };
            };
        };
        /** @description `tus_version`: Send Tus-Resumable: 1.0.0. */
        "412-tus_version": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "tus_version";
                };
            };
        };
        /** @description `body_too_large`: The body is larger than this call takes. */
        "413-body_too_large": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "body_too_large";
                };
            };
        };
        /** @description `file_too_large`: The file is larger than the server takes. */
        "413-file_too_large": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "file_too_large";
                };
            };
        };
        /** @description `unsupported_media_type`: Send the body as application/json. */
        "415-unsupported_media_type": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "unsupported_media_type";
                };
            };
        };
        /** @description `range_not_satisfiable`: The file has no such part. */
        "416-range_not_satisfiable": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "range_not_satisfiable";
                };
            };
        };
        /** @description `invalid_query`: The query is not of the documented form. `invalid_body`: The body is not of the documented form. `invalid_idempotency_key`: Idempotency-Key takes 1 to 128 visible ASCII characters. `idempotency_key_reused`: This Idempotency-Key belongs to another call. */
        "422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "idempotency_key_reused" | "invalid_body" | "invalid_idempotency_key" | "invalid_query";
                };
            };
        };
        /** @description `invalid_upload`: The headers of the upload are not of the documented form. `invalid_query`: The query is not of the documented form. `invalid_body`: The body is not of the documented form. `invalid_idempotency_key`: Idempotency-Key takes 1 to 128 visible ASCII characters. `idempotency_key_reused`: This Idempotency-Key belongs to another call. */
        "422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query-invalid_upload": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "idempotency_key_reused" | "invalid_body" | "invalid_idempotency_key" | "invalid_query" | "invalid_upload";
                };
            };
        };
        /** @description `not_a_picture`: An album takes pictures and videos. `invalid_query`: The query is not of the documented form. `invalid_body`: The body is not of the documented form. `invalid_idempotency_key`: Idempotency-Key takes 1 to 128 visible ASCII characters. `idempotency_key_reused`: This Idempotency-Key belongs to another call. */
        "422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query-not_a_picture": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "idempotency_key_reused" | "invalid_body" | "invalid_idempotency_key" | "invalid_query" | "not_a_picture";
                };
            };
        };
        /** @description `not_a_video`: Only videos stand here. `invalid_query`: The query is not of the documented form. `invalid_body`: The body is not of the documented form. `invalid_idempotency_key`: Idempotency-Key takes 1 to 128 visible ASCII characters. `idempotency_key_reused`: This Idempotency-Key belongs to another call. */
        "422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query-not_a_video": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "idempotency_key_reused" | "invalid_body" | "invalid_idempotency_key" | "invalid_query" | "not_a_video";
                };
            };
        };
        /** @description `invalid_picture`: Send a PNG, JPEG or WebP picture. `invalid_query`: The query is not of the documented form. `invalid_body`: The body is not of the documented form. */
        "422-invalid_body-invalid_picture-invalid_query": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid_body" | "invalid_picture" | "invalid_query";
                };
            };
        };
        /** @description `invalid_query`: The query is not of the documented form. `invalid_body`: The body is not of the documented form. */
        "422-invalid_body-invalid_query": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid_body" | "invalid_query";
                };
            };
        };
        /** @description `invalid_table`: The file is not a table that can be read. `invalid_query`: The query is not of the documented form. `invalid_body`: The body is not of the documented form. */
        "422-invalid_body-invalid_query-invalid_table": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid_body" | "invalid_query" | "invalid_table";
                };
            };
        };
        /** @description `invalid_upload`: The headers of the upload are not of the documented form. `invalid_query`: The query is not of the documented form. `invalid_body`: The body is not of the documented form. */
        "422-invalid_body-invalid_query-invalid_upload": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid_body" | "invalid_query" | "invalid_upload";
                };
            };
        };
        /** @description `restricted_word`: The school does not allow a word of this message. `invalid_query`: The query is not of the documented form. `invalid_body`: The body is not of the documented form. */
        "422-invalid_body-invalid_query-restricted_word": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid_body" | "invalid_query" | "restricted_word";
                };
            };
        };
        /** @description `wrong_confirmation`: The confirmation is not the login of the account. `invalid_query`: The query is not of the documented form. `invalid_body`: The body is not of the documented form. */
        "422-invalid_body-invalid_query-wrong_confirmation": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid_body" | "invalid_query" | "wrong_confirmation";
                };
            };
        };
        /** @description `invalid_query`: The query is not of the documented form. */
        "422-invalid_query": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "invalid_query";
                };
            };
        };
        /** @description `upload_locked`: A piece of this upload is being received already. */
        "423-upload_locked": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "upload_locked";
                };
            };
        };
        /** @description `precondition_required`: Send If-Match with the ETag of what you edit. */
        "428-precondition_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "precondition_required";
                };
            };
        };
        /** @description `too_many_attempts`: Too many wrong passwords; wait before the next try. `too_many_requests`: Too many calls; wait a moment. */
        "429-too_many_attempts-too_many_requests": {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "too_many_attempts" | "too_many_requests";
                };
            };
        };
        /** @description `too_many_requests`: Too many calls; wait a moment. */
        "429-too_many_requests": {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "too_many_requests";
                };
            };
        };
        /** @description `checksum_mismatch`: The piece was damaged on its way; send it again. */
        "460-checksum_mismatch": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "checksum_mismatch";
                };
            };
        };
        /** @description `busy`: Many people are signing in just now; try again in a moment. */
        "503-busy": {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "busy";
                };
            };
        };
        /** @description `chat_busy`: Many messages are being sent; try again in a moment. */
        "503-chat_busy": {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "chat_busy";
                };
            };
        };
        /** @description `hls_unavailable`: The broadcast server does not answer; try again in a moment. `media_unavailable`: The media server does not answer; try again in a moment. */
        "503-hls_unavailable-media_unavailable": {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "hls_unavailable" | "media_unavailable";
                };
            };
        };
        /** @description `media_unavailable`: The media server does not answer; try again in a moment. */
        "503-media_unavailable": {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "media_unavailable";
                };
            };
        };
        /** @description `provider_unavailable`: The provider does not answer; try again in a moment. */
        "503-provider_unavailable": {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "provider_unavailable";
                };
            };
        };
        /** @description `storage_unavailable`: Files cannot be reached now; try again in a minute. */
        "503-storage_unavailable": {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "storage_unavailable";
                };
            };
        };
        /** @description `uploads_busy`: Many files are being uploaded now; try again in a moment. `storage_unavailable`: Files cannot be reached now; try again in a minute. */
        "503-storage_unavailable-uploads_busy": {
            headers: {
                /** @description Seconds. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "storage_unavailable" | "uploads_busy";
                };
            };
        };
        /** @description `storage_full`: There is no space left for files on the server. */
        "507-storage_full": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "storage_full";
                };
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-code_needed-wrong_code-wrong_credentials"];
            403: components["responses"]["403-account_inactive-cross_site"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_attempts-too_many_requests"];
            503: components["responses"]["503-busy"];
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            403: components["responses"]["403-cross_site"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    new_app_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-code_needed-wrong_code-wrong_credentials"];
            403: components["responses"]["403-account_inactive-cross_site"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_attempts-too_many_requests"];
            503: components["responses"]["503-busy"];
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_me: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of what is edited. */
                "If-Match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditMe"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden"];
            408: components["responses"]["408-slow_body"];
            412: components["responses"]["412-precondition_failed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            428: components["responses"]["428-precondition_required"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in-wrong_credentials"];
            403: components["responses"]["403-cross_site"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-login_taken"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_attempts-too_many_requests"];
            503: components["responses"]["503-busy"];
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetPassword"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            403: components["responses"]["403-cross_site"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-link_expired"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
            503: components["responses"]["503-busy"];
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sessions"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    end_other_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-current_session"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    confirm_second_step: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpCode"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in-wrong_code"];
            403: components["responses"]["403-cross_site"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-totp_not_set-totp_set"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    begin_second_step: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpSecret"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-totp_set"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    remove_second_step: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpCode"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in-wrong_code"];
            403: components["responses"]["403-cross_site"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-totp_not_set"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_attempts-too_many_requests"];
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            403: components["responses"]["403-cross_site-invitation_not_yours"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-already_member-archived-identity_in_use-in_another_class-invitation_expired-invitation_spent-login_taken-no_arrival-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
            503: components["responses"]["503-busy"];
        };
    };
    list_providers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderList"];
                };
            };
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_arrival: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArrivalInfo"];
                };
            };
            409: components["responses"]["409-no_arrival"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    finish_arrival: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ArrivalCode"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-wrong_code-wrong_credentials"];
            403: components["responses"]["403-cross_site"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-no_arrival"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_attempts-too_many_requests"];
        };
    };
    go_away: {
        parameters: {
            query?: {
                return_to?: string;
                link?: boolean;
            };
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description See Other */
            303: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-bad_host"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
            503: components["responses"]["503-provider_unavailable"];
        };
    };
    come_back: {
        parameters: {
            query?: {
                state?: string;
                code?: string;
                device_id?: string;
                error?: string;
            };
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description See Other */
            303: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    come_back_in_app: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BackInApp"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Came"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in-wrong_credentials"];
            403: components["responses"]["403-account_inactive-cross_site-provider_refused-sign_in_state_invalid"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-identity_in_use"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
            503: components["responses"]["503-provider_unavailable"];
        };
    };
    my_identities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkedAccounts"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    link_arrival: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkedAccounts"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-identity_in_use-no_arrival"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    unlink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-last_way_in"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    my_children: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Children"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    give_consent_children: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                child_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GiveConsent"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Child"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    withdraw_consent_children: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                child_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Child"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_schools: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schools"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_school: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSchool"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["School"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_school: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["School"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_school: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of what is edited. */
                "If-Match": string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditSchool"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["School"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            412: components["responses"]["412-precondition_failed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            428: components["responses"]["428-precondition_required"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_picture: {
        parameters: {
            query?: {
                v?: string;
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                    "image/jpeg": string;
                    "image/webp": string;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    set_picture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/png": string;
                "image/jpeg": string;
                "image/webp": string;
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_picture-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    drop_picture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_years: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Years"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_year: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewYear"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Year"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-request_under_way-year_exists"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_year: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of what is edited. */
                "If-Match": string;
            };
            path: {
                year_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditYear"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Year"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-year_exists"];
            412: components["responses"]["412-precondition_failed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            428: components["responses"]["428-precondition_required"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    archive_years: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                year_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Year"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    restore_years: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                year_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restored"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_classes: {
        parameters: {
            query?: {
                archived?: boolean;
                school?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchoolClasses"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_class: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchoolClassWithMembers"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    delete_class: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-class_not_empty"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_class: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of what is edited. */
                "If-Match": string;
            };
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditClass"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchoolClassWithMembers"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-class_exists"];
            412: components["responses"]["412-precondition_failed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            428: components["responses"]["428-precondition_required"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_class: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClass"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchoolClassWithMembers"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-class_exists-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    archive_classes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchoolClassWithMembers"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    restore_classes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Restored"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_members: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                role?: ("administrator" | "parent" | "student" | "teacher") | null;
                class_id?: string | null;
                q?: string | null;
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Members"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                school_id: string;
                person_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MembershipsMember"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    remove_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                school_id: string;
                person_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-last_administrator"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    add_membership: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMembership"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Held"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-already_member-archived-in_another_class-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    end_membership: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                membership_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-last_administrator-role_fixed"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    change_role: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of what is edited. */
                "If-Match": string;
            };
            path: {
                membership_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditMembership"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Held"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-already_member-last_administrator-role_fixed"];
            412: components["responses"]["412-precondition_failed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            428: components["responses"]["428-precondition_required"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    transfer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                membership_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Transfer"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Held"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-already_member-archived-role_fixed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    link_parent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                child_id: string;
                parent_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-invitation_not_yours-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    unlink_parent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                child_id: string;
                parent_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    rename_person: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of what is edited. */
                "If-Match": string;
            };
            path: {
                person_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rename"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Named"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            412: components["responses"]["412-precondition_failed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            428: components["responses"]["428-precondition_required"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_password_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                person_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasswordLink"];
                };
            };
            400: components["responses"]["400-bad_host-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_invitations: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitations"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_invitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewInvitation"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeInvitation"];
                };
            };
            400: components["responses"]["400-bad_host-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    revoke_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationCard"];
                };
            };
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-invitation_expired-invitation_spent"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    accept_invitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Joined"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-invitation_not_yours-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-already_member-archived-in_another_class-invitation_expired-invitation_spent-request_under_way"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_card: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchoolCard"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_requests: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                state?: "accepted" | "declined" | "open" | "withdrawn";
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinRequests"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    ask: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinRequest"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-already_member-in_another_class-request_open-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_own: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinRequests"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    accept: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Accept"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinRequest"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-invitation_not_yours-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-already_member-archived-in_another_class-request_decided"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    decline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinRequest"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-request_decided"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    withdraw: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-request_decided"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    read_import: {
        parameters: {
            query?: {
                file_name?: string;
                class_id?: string | null;
                role?: "student" | "teacher";
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                "application/vnd.ms-excel": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query-invalid_table"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    apply_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                import_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplyImport"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            400: components["responses"]["400-bad_host-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-already_member-archived-import_applied-import_has_errors-in_another_class"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query-invalid_table"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_regions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Regions"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_roll_out: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                region_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RollOut"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    export_roll_out: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                region_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    read_audit: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                person_id?: string | null;
                action?: string | null;
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Audit"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_guide: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Guides"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_guide: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditGuide"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Guides"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    fetch_export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    export_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    my_erasure: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    erase_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Confirmation"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-erasure_requested-last_administrator"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query-wrong_confirmation"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    keep_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_erasure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                person_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    erase_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                person_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Confirmation"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-erasure_requested-last_administrator"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query-wrong_confirmation"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    keep_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                person_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    my_consents: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Consents"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    give_consent_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewConsent"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrivacyConsent"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    withdraw_consent_me: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                consent_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    read_register: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                person_id?: string | null;
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Consents"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    start_lesson: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLesson"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lesson"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-lesson_running-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_lesson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lesson"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    give_ticket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TicketRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketAnswer"];
                };
            };
            400: components["responses"]["400-bad_host-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-call_full-lesson_ended"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
            503: components["responses"]["503-media_unavailable"];
        };
    };
    end_lesson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_broadcast_of_lesson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OnAir"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    start_broadcast: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBroadcast"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Broadcast"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-broadcast_running-lesson_ended"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
            503: components["responses"]["503-hls_unavailable-media_unavailable"];
        };
    };
    list_broadcasts: {
        parameters: {
            query?: {
                state?: ("ended" | "live") | null;
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Broadcasts"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_broadcast: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                broadcast_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Broadcast"];
                };
            };
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    delete_broadcast: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                broadcast_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_broadcast: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                broadcast_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditedBroadcast"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Broadcast"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    end_broadcast: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                broadcast_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_stream_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamKeys"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    issue_stream_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lesson_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewStreamKey"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedStreamKey"];
                };
            };
            400: components["responses"]["400-bad_host-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-lesson_ended-too_many_stream_keys"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    revoke_stream_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_own_files: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                section?: "attachments" | "documents" | "videos";
                folder_id?: string | null;
                q?: string;
                trash?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_school_files: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                section?: "attachments" | "documents" | "videos";
                folder_id?: string | null;
                q?: string;
                trash?: boolean;
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_class_files: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                section?: "attachments" | "documents" | "videos";
                folder_id?: string | null;
                q?: string;
                trash?: boolean;
            };
            header?: never;
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    find_files: {
        parameters: {
            query: {
                ids: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Files"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDetails"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    trash_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditFile"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    restore_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    copy_file: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCopy"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-quota_exceeded-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query-not_a_video"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    empty_own_trash: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    empty_school_trash: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    empty_class_trash: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_own_folder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFolder"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folder"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-folder_too_deep-name_taken-request_under_way-too_many_folders"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_school_folder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFolder"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folder"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-folder_too_deep-name_taken-request_under_way-too_many_folders"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_class_folder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFolder"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folder"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-folder_too_deep-name_taken-request_under_way-too_many_folders"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    trash_folder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                folder_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_folder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                folder_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditFolder"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folder"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-folder_inside_itself-folder_too_deep-name_taken-too_many_folders"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    restore_folder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                folder_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folder"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-name_taken-too_many_folders"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    send_content: {
        parameters: {
            query: {
                link: string;
            };
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-link_expired"];
            416: components["responses"]["416-range_not_satisfiable"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
            503: components["responses"]["503-storage_unavailable"];
        };
    };
    send_preview: {
        parameters: {
            query: {
                link: string;
            };
            header?: never;
            path: {
                file_id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": string;
                    "video/mp4": string;
                };
            };
            /** @description Partial Content */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/webp": string;
                    "video/mp4": string;
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-link_expired"];
            416: components["responses"]["416-range_not_satisfiable"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
            503: components["responses"]["503-storage_unavailable"];
        };
    };
    begin_upload: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-quota_exceeded-request_under_way-too_many_uploads"];
            412: components["responses"]["412-tus_version"];
            413: components["responses"]["413-file_too_large"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query-invalid_upload"];
            429: components["responses"]["429-too_many_requests"];
            507: components["responses"]["507-storage_full"];
        };
    };
    tell_tus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    cancel_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            423: components["responses"]["423-upload_locked"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    receive_piece: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-too_many_pieces-upload_offset_mismatch-upload_over"];
            412: components["responses"]["412-tus_version"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query-invalid_upload"];
            423: components["responses"]["423-upload_locked"];
            429: components["responses"]["429-too_many_requests"];
            460: components["responses"]["460-checksum_mismatch"];
            503: components["responses"]["503-storage_unavailable-uploads_busy"];
            507: components["responses"]["507-storage_full"];
        };
    };
    list_school_articles: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                drafts?: boolean;
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Articles"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    begin_school_article: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewArticle"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArticleDetails"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_class_articles: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                drafts?: boolean;
            };
            header?: never;
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Articles"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    begin_class_article: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewArticle"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArticleDetails"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_article: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                article_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArticleDetails"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    delete_article: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                article_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_article: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of what is edited. */
                "If-Match": string;
            };
            path: {
                article_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditArticle"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArticleDetails"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            412: components["responses"]["412-precondition_failed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            428: components["responses"]["428-precondition_required"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    publish_article: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                article_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArticleDetails"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    withdraw_article: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                article_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArticleDetails"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    like_article: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                article_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Likes"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    unlike_article: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                article_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Likes"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_comments: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                article_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comments"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    add_comment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                article_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewComment"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-client_id_reused-message_deleted-too_many"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query-restricted_word"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    delete_comment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                article_id: string;
                comment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_school_albums: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Albums"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_school_album: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAlbum"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlbumDetails"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_class_albums: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Albums"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_class_album: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAlbum"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlbumDetails"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_album: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                album_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlbumDetails"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    delete_album: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                album_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_album: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                album_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditAlbum"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlbumDetails"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    put_into_album: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                album_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAlbumFile"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-album_full-archived-quota_exceeded-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query-not_a_picture"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    like_album: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                album_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Likes"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    unlike_album: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                album_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Likes"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_school_feed: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feed"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_class_feed: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feed"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_chats: {
        parameters: {
            query?: {
                school_id?: string | null;
                others?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chats"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_chat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    delete_chat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_chat: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of what is edited. */
                "If-Match": string;
            };
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditChat"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            412: components["responses"]["412-precondition_failed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            428: components["responses"]["428-precondition_required"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_chat: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewChat"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-not_a_contact-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-request_under_way-too_many"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    make_class_chat: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating the call safe. */
                "Idempotency-Key"?: string;
            };
            path: {
                class_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClassChat"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-request_under_way"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-idempotency_key_reused-invalid_body-invalid_idempotency_key-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_chat_people: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatPeople"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    add_chat_people: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddPeople"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-not_a_contact-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-too_many"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    remove_chat_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                person_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    join_chat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    unjoin_chat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_contacts: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                q?: string | null;
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatsContacts"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    move_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadUpTo"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    keep_draft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDraft"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    mute_chat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Mute"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    unmute_chat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_messages: {
        parameters: {
            query?: {
                before?: number | null;
                after?: number | null;
                around?: number | null;
                date?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    send_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMessage"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-not_a_contact-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-client_id_reused"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query-restricted_word"];
            429: components["responses"]["429-too_many_requests"];
            503: components["responses"]["503-chat_busy"];
            507: components["responses"]["507-storage_full"];
        };
    };
    forward_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Forward"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-not_a_contact-not_for_them-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-client_id_reused-message_deleted"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query-restricted_word"];
            429: components["responses"]["429-too_many_requests"];
            503: components["responses"]["503-chat_busy"];
            507: components["responses"]["507-storage_full"];
        };
    };
    show_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    delete_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-too_late"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    edit_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditMessage"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-message_deleted-too_late"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query-restricted_word"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    react: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["React"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-message_deleted-too_many"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    unreact: {
        parameters: {
            query: {
                emoji: string;
            };
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    pin_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-message_deleted-too_many"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    unpin_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-message_deleted"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_pins: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    vote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Vote"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-poll_closed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    close_poll: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-poll_closed"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_votes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Votes"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            409: components["responses"]["409-poll_anonymous"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    count_readers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadersCount"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    search_messages: {
        parameters: {
            query: {
                q: string;
                chat_id?: string | null;
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Found"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_scheduled: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledPosts"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    schedule_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewScheduledPost"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledPost"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-archived-client_id_reused-too_many"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    unschedule_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                post_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    report_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                chat_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewReport"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-message_deleted"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    report_comment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                article_id: string;
                comment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewReport"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_reports: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                state?: "decided" | "open";
            };
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reports"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    decide_report: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                report_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            409: components["responses"]["409-request_decided"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_policy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatPolicy"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    set_policy: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag of what is edited. */
                "If-Match": string;
            };
            path: {
                school_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewChatPolicy"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatPolicy"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-forbidden-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            412: components["responses"]["412-precondition_failed"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            428: components["responses"]["428-precondition_required"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_notifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notifications"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    set_notifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Notifications"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notifications"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_push: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Push"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    subscribe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSubscription"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
            400: components["responses"]["400-broken_body-malformed_json"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            408: components["responses"]["408-slow_body"];
            413: components["responses"]["413-body_too_large"];
            415: components["responses"]["415-unsupported_media_type"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    unsubscribe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                subscription_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400-broken_body"];
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-cross_site-second_step_required"];
            404: components["responses"]["404-not_found"];
            408: components["responses"]["408-slow_body"];
            422: components["responses"]["422-invalid_body-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    list_events: {
        parameters: {
            query?: {
                after?: string | null;
                wait?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Events"];
                };
            };
            401: components["responses"]["401-not_signed_in"];
            403: components["responses"]["403-second_step_required"];
            410: components["responses"]["410-resync_required"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    client_config: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientConfig"];
                };
            };
            400: components["responses"]["400-bad_host"];
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
    show_openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            422: components["responses"]["422-invalid_query"];
            429: components["responses"]["429-too_many_requests"];
        };
    };
}
